import { describe, expect, it } from 'vitest';
import { isRouted } from './routes.ts';

const routes = (...lines: readonly string[]) =>
  ['Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT', ...lines, ''].join('\n');

const toDefault = 'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0';
const to192_0_2 = 'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0';
const toHost10_213_7_1 = 'oc7-primary\t0107D50A\t00000000\t0005\t0\t0\t100\tFFFFFFFF\t0\t0\t0';
const toAll10 = 'tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0';

describe('a network of three bytes', () => {
  it('is free where only the default route leads, and others lead elsewhere', () => {
    expect(isRouted(routes(toDefault, to192_0_2), '10.213.7')).toBe(false);
    expect(isRouted(routes(toHost10_213_7_1), '10.213.8')).toBe(false);
  });

  it('is taken by a way to one of its hosts, to itself, or to a wider network', () => {
    expect(isRouted(routes(toDefault, toHost10_213_7_1), '10.213.7')).toBe(true);
    expect(isRouted(routes(to192_0_2), '192.0.2')).toBe(true);
    expect(isRouted(routes(toAll10), '10.213.7')).toBe(true);
  });
});
