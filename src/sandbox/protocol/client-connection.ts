// One client's socket at the door.
//
// Bytes are handled in the order they came, and only while nothing is in the way: an answer that is awaited or has not left yet, or a process that
// hangs. The end of the stream is handled in that order too. So a client that says goodbye to a server that hangs or waits hears nothing, and its
// session stays in the process list until its statement has ended, as on a real server: sessions left behind are a part of what a drill tries.

import type { Socket } from 'node:net';
import { type Carrier, Conversation, type Host } from './conversation.ts';
import { badHandshake, packetsOutOfOrder, packetTooLarge } from './door-errors.ts';
import { type PacketHeader, PacketReader } from './packet-reader.ts';

/** While something is in the way we read this far ahead; then the client has to wait. */
const readAheadBytesMax = 64 * 1024;

/** What a connection knows of the door it came through. */
export interface DoorSide extends Host {
  /** The process hangs: nothing is read, nothing answered. */
  readonly isPaused: boolean;
  /** Neither the socket nor the session exists any more. */
  forget(connection: ClientConnection): void;
}

export class ClientConnection implements Carrier {
  readonly #socket: Socket;
  readonly #door: DoorSide;
  readonly #conversation: Conversation;
  readonly #reader = new PacketReader();
  /** So many packets that continue one another were thrown away. */
  #partsSkipped = 0;
  /** An answer has not left for the client whole. */
  #isSending = false;
  /** An answer given while the process hangs. */
  #unsent: Buffer | null = null;
  #isInputEnded = false;
  #isWorking = false;

  constructor(socket: Socket, door: DoorSide) {
    this.#socket = socket;
    this.#door = door;
    this.#conversation = new Conversation(door, this);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('end', () => this.#ended());
    // Without a listener, one client's reset would end our process. 'close' follows and does the rest.
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
    this.#work();
  }

  get clientHost(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get clientPort(): number {
    return this.#socket.remotePort ?? 0;
  }

  /** Goes on with what was left while the process hung. */
  resume(): void {
    const unsent = this.#unsent;
    this.#unsent = null;
    if (unsent !== null) this.send(unsent);
    this.#work();
  }

  /** The process has died. The kernel closes its sockets: with a reset where something was left unread. */
  destroy(): void {
    this.#conversation.leave();
    this.drop();
  }

  send(answer: Buffer): void {
    if (this.#door.isPaused) {
      this.#unsent = answer;
      return;
    }
    if (this.#socket.destroyed || this.#socket.write(answer)) return;
    // A client that asks and never reads would fill our memory with answers.
    this.#isSending = true;
    this.#socket.once('drain', () => {
      this.#isSending = false;
      this.#work();
    });
  }

  end(): void {
    this.#socket.destroySoon();
    this.#forgetWhenOver();
  }

  drop(): void {
    this.#socket.destroy();
    // The client may have gone long before its session: then no 'close' follows.
    this.#forgetWhenOver();
  }

  goOn(): void {
    this.#work();
  }

  #received(chunk: Buffer): void {
    if (this.#conversation.isOver) return;
    this.#reader.add(chunk);
    this.#work();
  }

  #ended(): void {
    this.#isInputEnded = true;
    this.#work();
  }

  #closed(): void {
    this.#isSending = false;
    this.#reader.clear();
    this.#ended();
    this.#forgetWhenOver();
  }

  get #isFree(): boolean {
    const conversation = this.#conversation;
    return !(conversation.isOver || conversation.isAnswerDue || this.#isSending || this.#door.isPaused);
  }

  #work(): void {
    // A server that answers at once does so from within the loop; another loop inside of it would be one level deeper for each command that waits.
    if (this.#isWorking) return;
    this.#isWorking = true;
    let goesOn = true;
    while (goesOn && this.#isFree) goesOn = this.#step();
    this.#isWorking = false;
    const mustWait = !this.#isFree && this.#reader.heldBytes > readAheadBytesMax;
    if (mustWait) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Does the next thing. False: it has yet to come from the client. */
  #step(): boolean {
    const conversation = this.#conversation;
    if (conversation.isGreetingDue) {
      conversation.greet();
      return true;
    }
    const header = this.#reader.header();
    if (header === null) return this.#nothingComplete();
    const { sequence, payloadBytes } = header;
    // Looked at before the payload is awaited: what is no packet at all announces absurd lengths.
    if (sequence !== ((conversation.sequenceExpected + this.#partsSkipped) & 0xff)) {
      conversation.refuse(packetsOutOfOrder, sequence + 1);
      return true;
    }
    if (payloadBytes > conversation.payloadBytesMax) return this.#skip(header);
    const payload = this.#reader.take(header);
    if (payload === null) return this.#nothingComplete();
    if (this.#partsSkipped > 0) conversation.refuse(packetTooLarge, sequence + 1);
    else conversation.hear(payload, sequence + 1);
    return true;
  }

  /** One who has logged in reads why it is refused only after having sent everything; a stranger is not listened to for so long. */
  #skip(header: PacketHeader): boolean {
    if (this.#conversation.isLoggedIn) {
      this.#partsSkipped++;
      this.#reader.skip(header);
    } else {
      this.#conversation.refuse(badHandshake, header.sequence + 1);
    }
    return true;
  }

  #nothingComplete(): boolean {
    if (!this.#isInputEnded) return false;
    this.#conversation.leave();
    this.end();
    return true;
  }

  #forgetWhenOver(): void {
    if (this.#socket.closed && this.#conversation.isOver) this.#door.forget(this);
  }
}
