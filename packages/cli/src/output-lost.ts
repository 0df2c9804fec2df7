/**
 * What becomes of a command whose output nobody takes. A reader that has gone (`| head -1`) has seen enough: it goes on, its
 * files and its exit status still count. Output that cannot be written, such as to a full disk, is one line and exit status 2.
 */
export function outliveOutput(unusable: number): void {
  let isTold = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isTold) {
      return;
    }
    isTold = true;
    console.error(`ims: standard output cannot be written: ${error.message}`);
    process.on('exit', () => {
      process.exitCode = unusable;
    });
  });
  // there is no place left to say it
  process.stderr.on('error', () => undefined);
}
