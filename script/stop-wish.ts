// When a command that runs until it is told to stop has been told.

const parentLookMillis = 500;

/**
 * Resolves at the first wish to stop. More of them change nothing: npm passes on a Ctrl-C that we have seen already.
 *
 * A SIGTERM to `npm run` ends npm and its shell, and never reaches us: what we have started would run on for ever. So under npm the end of the shell is
 * such a wish too. Otherwise it is not: who uses nohup wants to log out.
 */
export function stopWish(): Promise<'stop'> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop('stop'));
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && stop('stop'), parentLookMillis).unref();
  });
}
