import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { plan } from '../../src/run/plan.js';
import { RealGround, type RealGroundOptions } from '../../src/run/real-ground.js';
import { simulate } from '../../src/simulate/simulate-scenario.js';
import { newFolder, SCENARIOS } from '../ims.js';
import { FLAGS } from './flags.js';

const S1 = 'scscf1.home1.net';

/** The lines of `play` and what came of them, simulated. */
async function failuresOf(actions: readonly string[]): Promise<string[]> {
  const text = readFileSync(join(SCENARIOS, 'ts-24.228-6.2.yaml'), 'utf8')
    .replace(/^network: (\S+)$/m, (_, name: string) => `network: ${join(SCENARIOS, name)}`)
    .replace(/^play:$/m, () => ['play:', ...actions.map((action) => `  - ${action}`)].join('\n'));
  const file = join(newFolder(), 'kill.yaml');
  writeFileSync(file, text);
  const firstLine = text.split('\n').indexOf('play:') + 2;
  const [planned] = plan([file], { ...FLAGS, simulate: true });
  if (planned === undefined) {
    throw new Error('nothing planned');
  }
  const { played } = await simulate(planned.scenario, planned.network, { seed: 1 });
  return played.failures.map(({ at, text: said }) => `${at.line - firstLine}: ${said}`);
}

test('killed twice, or started again while it lives: a failed action, by its line, with what would be right', async () => {
  const said = await failuresOf([`kill ${S1}`, `kill ${S1}`, `restart ${S1}`, `restart ${S1}`]);
  expect(said.slice(0, 2)).toEqual([
    `1: kill ${S1}: it is down already; \`restart ${S1}\` has to come between`,
    `3: restart ${S1}: it is up; \`kill ${S1}\` has to come before`,
  ]);
});

test('killed and started again, twice over: nothing is wrong with that', async () => {
  const said = await failuresOf([`kill ${S1}`, `restart ${S1}`, `kill ${S1}`, `restart ${S1}`]);
  expect(said.filter((text) => /kill|restart/.test(text))).toEqual([]);
});

test('with processes of this machine the ground knows it too', async () => {
  const done: string[] = [];
  const control = {
    kill: (name: string) => Promise.resolve(void done.push(`kill ${name}`)),
    restart: (name: string) => Promise.resolve(void done.push(`restart ${name}`)),
    command: () => Promise.resolve(undefined),
    announce: () => Promise.resolve(),
  };
  const opened = {
    dns: { address: '127.0.0.1', port: 53 },
    control,
  } as unknown as RealGroundOptions['opened'];
  const ground = new RealGround({ actors: [], faults: [] }, { opened } as RealGroundOptions);
  const states = [ground.control?.isDown?.(S1)];
  await ground.control?.kill(S1);
  states.push(ground.control?.isDown?.(S1));
  await ground.control?.restart(S1);
  states.push(ground.control?.isDown?.(S1));
  expect(states).toEqual([false, true, false]);
  expect(done).toEqual([`kill ${S1}`, `restart ${S1}`]);
});
