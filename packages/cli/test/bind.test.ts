import { expect, test } from '@jest/globals';
import { bind } from '../src/elements/element-host.js';

const taken = (port: number) => Object.assign(new Error('bind'), { code: 'EADDRINUSE', port });

test.each([
  [5060, 'p: 127.0.0.1:5060 is in use: stop what listens there, or give it another `listen`'],
  [5998, 'p: 127.0.0.1:5998 is in use: stop what listens there, or give it other `protectedPorts`'],
])('port %i taken: the complaint names it and its key', async (port, says) => {
  const listen = { address: '127.0.0.1', port: 5060 };
  await expect(bind('p', listen, () => Promise.reject(taken(port)))).rejects.toMatchObject({ message: says });
});
