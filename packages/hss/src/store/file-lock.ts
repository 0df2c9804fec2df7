import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';

/**
 * Takes a file for this process alone, until what it gives is called or the process is gone, however it ends: a name of the
 * operating system that only one can have at a time, and nothing on disk that a kill would leave behind. Undefined where another
 * has it. Linux (a network namespace is one machine here) and Windows; elsewhere nobody is kept out.
 */
export async function lockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  const name = await nameOf(path);
  if (name === undefined) return async () => undefined;
  const server = createServer((socket) => socket.destroy());
  server.unref();
  if (!(await listens(server, name))) return undefined;
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
    });
}

/** The same whatever the way to the file: an abstract socket (unix(7)), a named pipe. */
async function nameOf(path: string): Promise<string | undefined> {
  const whole = join(await realpath(dirname(path)), basename(path));
  const digest = createHash('sha256').update(whole).digest('hex');
  if (process.platform === 'linux') return `\0ims-hss-${digest}`;
  return process.platform === 'win32' ? `\\\\?\\pipe\\ims-hss-${digest}` : undefined;
}

function listens(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(name, () => {
      resolve(true);
    });
  });
}
