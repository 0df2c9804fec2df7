import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { freePorts, type Lab, withLab } from './lab.js';
import { KAMAILIO, testWithPeers } from './needs.js';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const SECTION = /^### Your own proxy in the middle\n([^]*?)\n(?=##)/m;
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
/** Where the README and its files have S-CSCF#1, the presence server and the proxy. */
const PORTS = ['5062', '5064', '5070'] as const;

/** What the README has pasted into a file. */
function pasted(file: string): string {
  const [, section = ''] = SECTION.exec(README) ?? [];
  const commands = section.split('\n').flatMap((line) => (/^( {4}|$)/.test(line) ? [line.slice(4)] : []));
  const [, content] =
    new RegExp(`^cat > ${file} <<'EOF'\n([^]*?\n)EOF$`, 'm').exec(commands.join('\n')) ?? [];
  if (content === undefined) throw new Error(`README.md does not write ${file}`);
  return content;
}

interface Ran {
  readonly status: number | null;
  readonly output: string;
}

/** Does what the README says, in a folder of its own, at free ports; `changed` is what is made of Kamailio's configuration. */
async function follow(lab: Lab, changed: (config: string) => string = (config) => config): Promise<Ran> {
  const free = await freePorts(...PORTS);
  const put = (path: string, text: string): string => {
    const file = join(lab.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      text.replace(/\b50(?:62|64|70)\b/g, (port) => String(free[port as (typeof PORTS)[number]])),
    );
    return file;
  };
  for (const path of ['docs/peers/my-proxy/network.yaml', 'docs/peers/my-proxy/kamailio.cfg']) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    put(path, path.endsWith('.cfg') ? changed(text) : text);
  }
  const scenario = put('my-proxy.yaml', pasted('my-proxy.yaml'));
  const config = join(lab.folder, 'docs/peers/my-proxy/kamailio.cfg');
  const own = ['-Y', join(lab.folder, 'run'), '-P', join(lab.folder, 'pid'), '-m', '32', '-M', '4'];
  const kamailio = lab.start('kamailio', ['-f', config, '-DD', '-E', '--debug=2', ...own]);
  await kamailio.says(/processes \(at least\)/);
  const run = lab.ims('run', scenario);
  return { status: await run.ended, output: run.output() };
}

describe('README, "Your own proxy in the middle": Kamailio as S-CSCF#2', () => {
  test('names commands that are there', () => {
    const [, section = ''] = SECTION.exec(README) ?? [];
    expect(section).toContain('kamailio -f docs/peers/my-proxy/kamailio.cfg');
    expect(section).toContain('npx ims run my-proxy.yaml');
  });

  testWithPeers([KAMAILIO], 'what it says to paste passes', () =>
    withLab(async (lab) => {
      const { status, output } = await follow(lab);
      expect(output).toContain('passed: 2 of 2 steps right');
      expect(status).toBe(0);
    }),
  );

  testWithPeers([KAMAILIO], 'a proxy that does not record its route fails at step 2, at Record-Route', () =>
    withLab(async (lab) => {
      const { status, output } = await follow(lab, (config) =>
        config.replace(/^.*record_route_preset.*\n/m, ''),
      );
      expect(output).toMatch(/step 2, my proxy sends it on: Record-Route/);
      expect(output).toContain('written by scscf2.home2.net');
      expect(output).not.toMatch(/^ *step 1, /m);
      expect(status).toBe(1);
    }),
  );

  testWithPeers([KAMAILIO], 'a proxy that adds a header fails at step 2, at that header', () =>
    withLab(async (lab) => {
      const { status, output } = await follow(lab, (config) =>
        config.replace('record_route_preset', 'append_hf("X-Mine: 1\\r\\n"); record_route_preset'),
      );
      expect(output).toMatch(/step 2, my proxy sends it on: x-mine: not in the table/i);
      expect(output).toContain('written by scscf2.home2.net');
      expect(status).toBe(1);
    }),
  );
});
