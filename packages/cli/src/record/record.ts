import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { nodeNet, parseEndpoint, prettyEndpoint, systemClock } from '@ims-sim/host';
import { flowFrom, named, playFrom, type RecordedPlay, writeScenario } from '@ims-sim/record';
import { MAX_SCENARIO_BYTES, MAX_STEPS } from '@ims-sim/scenario/files';
import { startCollector } from '@ims-sim/trace';
import { bind } from '../elements/element-host.js';
import { untilSignal } from '../signals.js';
import { type Captured, capturedMessages } from './captured.js';
import { aliasesOf, knownNames } from './known-names.js';

export interface RecordFlags {
  /** The scenario file to write. */
  readonly out: string;
  readonly network: string;
  readonly title?: string;
  readonly clause: string;
  /** `HOST=ADDRESS:PORT`, for elements that write addresses. */
  readonly name: readonly string[];
  /** Where to take HEP, when no file is read. */
  readonly listen: string;
  /** How long to take it, in seconds; undefined: until Ctrl-C. */
  readonly for?: number;
}

/**
 * `ims record`: writes a scenario out of a capture or a trace, or of the HEP that elements send until Ctrl-C. Rejects with `UserError`
 * where there is nothing to record, or an element has no name.
 */
export async function record(source: string | undefined, flags: RecordFlags): Promise<void> {
  const { out } = flags;
  if (existsSync(out)) {
    throw new UserError(`--out ${out}: it is there already: name another file, or take it away`);
  }
  const network = readNetworkFile(flags.network);
  const { messages, complaints } = source === undefined ? await listened(flags) : capturedMessages(source);
  for (const complaint of complaints) {
    console.error(`  not read: ${complaint}`);
  }
  const from = source === undefined ? 'what elements reported (HEP)' : basename(source);
  if (!messages.some(({ protocol }) => protocol === 'sip')) {
    throw new UserError(`${source ?? flags.listen}: no SIP message in ${from}: nothing to record`);
  }
  const { records, actors, unnamed } = named(
    messages,
    knownNames(network, flags.name),
    aliasesOf(network),
    new Set(network.elements.map(({ name }) => name)),
  );
  if (unnamed.length > 0) {
    const places = unnamed.map((endpoint) => prettyEndpoint(endpoint));
    throw new UserError(
      `${from}: nobody says which element is at ${places.join(', ')}: say it with --name HOST=${places[0] ?? ''}`,
    );
  }
  const play = withPrivateIdentities(playFrom(records, actors, network.profile), network);
  if (play.play.length === 0) {
    throw new UserError(`${from}: no UE begins anything in it: there is nothing to play`);
  }
  const flow = flowFrom(records, { actors, firstId: play.firstId });
  const title = flags.title ?? `Recorded from ${from}`;
  const head = {
    title,
    clause: flags.clause,
    profile: network.profile,
    network: relative(dirname(resolve(out)), resolve(flags.network)),
    comment: `Recorded from ${from}: ${messages.length} messages. Read it before you rely on it: it expects what was seen, right or wrong.`,
  };
  const scenario = writeScenario(head, play, flow);
  if (flow.steps.length > MAX_STEPS || Buffer.byteLength(scenario) > MAX_SCENARIO_BYTES) {
    throw new UserError(
      `${from}: ${flow.steps.length} steps, and a scenario has at most ${MAX_STEPS} and ${MAX_SCENARIO_BYTES >> 20} MiB: record less ` +
        '(editcap -A and -B cut a capture by time)',
    );
  }
  write(out, scenario, play);
  for (const complaint of play.complaints) {
    console.log(`  left out  ${complaint}`);
  }
  console.log(`  recorded  ${play.play.length} actions, ${flow.steps.length} steps: ${out}`);
  console.log(`            ims run ${out} plays it`);
}

/** Who never registered has not said its private identity: it is the subscriber's. */
function withPrivateIdentities(play: RecordedPlay, { subscribers }: Network): RecordedPlay {
  const own = (publicIdentity: string | undefined): string | undefined =>
    subscribers.find(({ implicitSets }) =>
      implicitSets.some(({ publicIdentities }) =>
        publicIdentities.some(({ identity }) => identity === publicIdentity),
      ),
    )?.privateIdentities[0].identity;
  return {
    ...play,
    actors: play.actors.map((actor) => ({
      ...actor,
      privateIdentity: actor.privateIdentity ?? own(actor.publicIdentity),
    })),
  };
}

function write(out: string, scenario: string, { files }: RecordedPlay): void {
  const folder = dirname(out);
  const stem = basename(out).replace(/\.ya?ml$/, '');
  // Bodies stand beside the scenario under its name: two recordings in one folder keep apart.
  let text = scenario;
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of files) {
      text = text.replaceAll(name, `${stem}-${name}`);
      writeFileSync(join(folder, `${stem}-${name}`), content);
    }
    writeFileSync(out, text, { flag: 'wx' });
  } catch (error) {
    throw new UserError(`--out ${out}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** What elements report until Ctrl-C, or for as long as was asked. */
async function listened({ listen: text, for: forS }: RecordFlags): Promise<Captured> {
  const listen = parseEndpoint(text);
  if (listen === undefined) {
    throw new UserError(`--listen ${text}: expected ADDRESS:PORT, such as 127.0.0.1:9060`);
  }
  const collector = await bind('ims record', listen, () =>
    startCollector({ net: nodeNet, clock: systemClock, listen, names: () => undefined, udp: true }),
  );
  const until = forS === undefined ? 'Ctrl-C ends the recording' : `for ${forS} s, or until Ctrl-C`;
  console.log(`  listening for HEP at ${prettyEndpoint(collector.local)} (TCP and UDP); ${until}`);
  await Promise.race([untilSignal(), ...(forS === undefined ? [] : [pause(forS)])]);
  const messages = collector.records().flatMap((record) => (record.kind === 'message' ? [record] : []));
  const { dropped, rejected } = collector;
  collector.close();
  const lost = dropped + rejected;
  return { messages, complaints: lost > 0 ? [`${lost} reports that were no HEP, or too many`] : [] };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    systemClock.timer(seconds * 1000, resolve);
  });
}
