// Which addresses this machine already has a way to, as Linux tells.

/** Of the last byte of an address nothing is asked. */
const threeBytes = 0xffffff00;

/**
 * Whether one of `routes`, the text of `/proc/net/route`, leads to an address that begins with these three bytes (`10.213.7`). The default
 * route, which leads everywhere, does not count.
 */
export function isRouted(routes: string, network: string): boolean {
  const wanted = Buffer.from([...network.split('.').map(Number), 0]).readUInt32BE();
  const lines = routes.trimEnd().split('\n').slice(1);
  return lines.some((line) => {
    const fields = line.split('\t');
    const [destination, mask] = [addressOf(fields[1]), addressOf(fields[7])];
    if (mask === 0) return false;
    return ((destination ^ wanted) & mask & threeBytes) === 0;
  });
}

/** The kernel prints an address as a number of this machine, whose lowest byte is the first one. */
function addressOf(hex: string | undefined): number {
  if (hex?.length !== 8) throw new Error(`no address in a route: ${hex}`);
  return Buffer.from(hex, 'hex').readUInt32LE();
}
