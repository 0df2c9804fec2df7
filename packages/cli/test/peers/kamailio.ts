import { join } from 'node:path';
import type { Lab, Program } from './lab.js';

/**
 * A Kamailio with that configuration. It asks the DNS at port 53 only, and the lab's listens elsewhere: so it finds what is
 * in `names` (of the form of resolv_wrapper(1)) as if a DNS had said it.
 */
export async function startKamailio(
  lab: Lab,
  { config, names, define = [] }: { config: string; names: string; define?: readonly string[] },
): Promise<Program> {
  const files = ['-Y', join(lab.folder, 'run'), '-P', `${config}.pid`];
  const args = ['-f', config, '-DD', '-E', '-m', '32', '-M', '4', ...files];
  const program = lab.start('kamailio', [...args, ...define.flatMap((name) => ['-A', name])], {
    LD_PRELOAD: 'libresolv_wrapper.so',
    RESOLV_WRAPPER_HOSTS: names,
  });
  await program.says(/processes \(at least\)/); // its sockets are bound before it says so
  return program;
}
