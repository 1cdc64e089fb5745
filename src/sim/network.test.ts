import { expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { type Listener, Network } from './network.ts';
import { Random } from './random.ts';

function aNetwork() {
  const queue = new EventQueue();
  const network = new Network(queue, new Random(7), { latencyMillis: 1, jitterMillis: 0 });
  const heard: string[] = [];
  const door: { state: ReturnType<Listener<string, string>['door']>; life: number } = { state: 'open', life: 1 };
  const echo: Listener<string, string> = {
    place: 'there',
    door: () => door.state,
    process: () => door.life,
    accept: (end) => ({ onMessage: (message) => end.send(`${message}!`), onClosed: () => heard.push('there closed') }),
  };
  const say = (what: string) => heard.push(`${queue.now} ${what}`);
  const dial = () =>
    network.dial('here', echo, {
      onOpen: () => say('open'),
      onRefused: () => say('refused'),
      onMessage: say,
      onClosed: () => say('closed'),
    });
  const run = (until: number) => {
    for (let next = queue.nextAt; next !== null && next <= until; next = queue.nextAt) queue.step();
    queue.advanceTo(until);
  };
  return { network, heard, door, dial, run };
}

it('brings what is sent in its order, a latency later each way', () => {
  const { heard, dial, run } = aNetwork();
  const end = dial();
  end.send('a');
  end.send('b');
  run(10);
  expect(heard).toEqual(['2 open', '2 a!', '2 b!']);
});

it('tells a closed door from a host that is off', () => {
  const { heard, door, dial, run } = aNetwork();
  door.state = 'closed';
  dial();
  run(10);
  expect(heard).toEqual(['2 refused']);
  door.state = 'dark';
  dial();
  run(1_000);
  expect(heard).toEqual(['2 refused']);
});

it('is silent one way while that is cut, and brings everything after it has healed', () => {
  const { network, heard, dial, run } = aNetwork();
  const end = dial();
  run(5);
  network.cut('there', 'here');
  end.send('a');
  end.close();
  run(50);
  expect(heard).toEqual(['2 open', 'there closed']);
  network.cut('here', 'there');
  dial();
  run(100);
  network.healAll();
  run(1_000);
  expect(heard.filter((line) => line.endsWith('open'))).toHaveLength(2);
});

it('sends lost packets again, and keeps their order', () => {
  const { network, heard, dial, run } = aNetwork();
  const end = dial();
  run(5);
  network.lose('here', 'there', 0.5);
  for (const letter of 'abcdefgh') end.send(letter);
  run(60_000);
  const told = heard.slice(1).map((line) => line.split(' ')[1]);
  expect(told).toEqual([...'abcdefgh'].map((letter) => `${letter}!`));
  expect(Number(heard.at(-1)?.split(' ')[0])).toBeGreaterThan(200);
});

it('refuses at once where a firewall answers for the host, and leaves open streams alone', () => {
  const { network, heard, dial, run } = aNetwork();
  const end = dial();
  run(5);
  network.refuse('here', 'there');
  dial();
  end.send('a');
  run(20);
  expect(heard).toEqual(['2 open', '7 refused', '7 a!']);
});

it('is reset by a host that was off and is back, as soon as something is sent', () => {
  const { heard, door, dial, run } = aNetwork();
  const end = dial();
  run(5);
  door.state = 'dark';
  door.life = 2;
  end.send('a');
  run(50);
  expect(heard).toEqual(['2 open']);
  door.state = 'open';
  run(100);
  end.send('b');
  run(200);
  expect(heard).toEqual(['2 open', '102 closed']);
});
