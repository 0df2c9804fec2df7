import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Network, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { prettyEndpoint } from '@ims-sim/host';
import {
  flowFrom,
  type Named,
  named,
  narrowed,
  playFrom,
  type RecordedPlay,
  saidBeside,
  writeScenario,
} from '@ims-sim/record';
import { MAX_SCENARIO_BYTES, MAX_STEPS } from '@ims-sim/scenario/files';
import type { CapturedMessage } from '@ims-sim/trace';
import { PROBE } from '../probe.js';
import { writableFolder } from '../writable-folder.js';
import { counted } from './counted.js';
import { capturedMessages } from './captured.js';
import { checked } from './checked.js';
import { heard, type HeardFlags } from './heard.js';
import { aliasesOf, knownNames } from './known-names.js';
import { sayChecked } from './say-checked.js';
import { type SpanFlags, spanOf } from './span.js';

const USUAL_NETWORK = join('scenarios', 'network.yaml');
/** SIP messages that are looked at for at most `MAX_STEPS` steps: the others come again, or come before. */
const MAX_MESSAGES = 4 * MAX_STEPS;

export interface RecordFlags extends SpanFlags, HeardFlags {
  /** The scenario file to write. */
  readonly out: string;
  /** Undefined: the usual one. */
  readonly network?: string;
  readonly title?: string;
  readonly clause: string;
  /** `HOST=ADDRESS:PORT`, for elements that write addresses. */
  readonly name: readonly string[];
  /** Calls that are wanted; empty: all. */
  readonly callId: readonly string[];
  /** Whether what elements asked the DNS becomes steps. */
  readonly dns?: boolean;
  /** Whether it is played in simulation once it is written. */
  readonly check: boolean;
}

/**
 * `ims record`: writes a scenario out of a capture or a trace, or of the HEP that elements send until Ctrl-C; reads it again, and plays it
 * in simulation where that can be. Rejects with `UserError` where there is nothing to record, or an element has no name.
 */
export async function record(source: string | undefined, flags: RecordFlags): Promise<void> {
  const { out } = flags;
  if (existsSync(out)) {
    throw new UserError(`--out ${out}: it is there already: name another file, or take it away`);
  }
  writableFolder('--out', dirname(out));
  const networkFile = flags.network ?? USUAL_NETWORK;
  if (flags.network === undefined && !existsSync(USUAL_NETWORK)) {
    throw new UserError(`say with --network FILE which network it is of (there is no ${USUAL_NETWORK} here)`);
  }
  const network = readNetworkFile(networkFile);
  const {
    messages: all,
    decisions,
    complaints,
  } = source === undefined ? await heard(flags) : capturedMessages(source);
  const messages = all.filter(({ bytes }) => !bytes.includes(PROBE)); // whether an element is up is not of a flow
  for (const complaint of complaints) {
    console.error(`  not read: ${complaint}`);
  }
  const from = source === undefined ? 'what elements reported (HEP)' : basename(source);
  if (!messages.some(({ protocol }) => protocol === 'sip')) {
    throw new UserError(`${source ?? flags.listen}: no SIP message in ${from}: nothing to record`);
  }
  const { records, actors, servers } = wanted(
    whoIsWho(messages, network, flags, from),
    messages,
    flags,
    from,
  );
  const play = withPrivateIdentities(
    playFrom(records, actors, network.profile, servers, saidBeside(decisions)),
    network,
  );
  if (play.play.length === 0) {
    throw new UserError(`${from}: no UE begins anything in it: there is nothing to play`);
  }
  const external = new Set(network.elements.flatMap((one) => (one.external ? [one.name] : [])));
  const flow = flowFrom(records, {
    ...{ actors, servers, external },
    firstId: play.firstId,
    withDns: flags.dns === true,
  });
  const title = flags.title ?? `Recorded from ${from}`;
  const head = {
    title,
    clause: flags.clause,
    profile: network.profile,
    network: relative(dirname(resolve(out)), resolve(networkFile)),
    comment: `Recorded from ${from}: ${counted(records.length, 'message')}. Read it before you rely on it: it expects what was seen, right or wrong.`,
  };
  const scenario = writeScenario(head, play, flow);
  if (flow.steps.length > MAX_STEPS || Buffer.byteLength(scenario) > MAX_SCENARIO_BYTES) {
    throw tooMuch(from, counted(flow.steps.length, 'step'));
  }
  write(out, scenario, play);
  for (const complaint of play.complaints) {
    console.log(`  left out  ${complaint}`);
  }
  console.log(
    `  recorded  ${counted(play.play.length, 'action')}, ${counted(flow.steps.length, 'step')}: ${out}`,
  );
  sayChecked(
    await checked(out, flags.check),
    out,
    'what was seen had causes that are not in it, or other elements',
  );
}

/** Who is at which end of which message. Throws `UserError` where an element has no name. */
function whoIsWho(
  messages: readonly CapturedMessage[],
  network: Network,
  { name }: RecordFlags,
  from: string,
): Named {
  const found = named(
    messages,
    knownNames(network, name),
    aliasesOf(network),
    new Set(network.elements.map((element) => element.name)),
  );
  if (found.unnamed.length > 0) {
    const places = found.unnamed.map((endpoint) => prettyEndpoint(endpoint));
    throw new UserError(
      `${from}: nobody says which element is at ${places.join(', ')}: say it with --name HOST=${places[0] ?? ''}`,
    );
  }
  return found;
}

/** The calls that were asked for. Throws `UserError` where there are none, or too many to be a scenario. */
function wanted(
  { records, actors, servers }: Named,
  messages: readonly CapturedMessage[],
  flags: RecordFlags,
  from: string,
): Pick<Named, 'records' | 'actors' | 'servers'> {
  const isNarrowed = flags.callId.length > 0 || flags.from !== undefined || flags.to !== undefined;
  const narrow = isNarrowed
    ? narrowed(records, actors, { callIds: flags.callId, ...spanOf(messages, flags) })
    : undefined;
  const [unknown] = narrow?.unknown ?? [];
  if (unknown !== undefined) {
    throw new UserError(`--call-id ${unknown}: none of the calls in ${from} (${narrow?.calls ?? 0}) has it`);
  }
  if (narrow?.taken === 0) {
    throw new UserError(`${from}: none of its calls (${narrow.calls}) begins in that time`);
  }
  const left = narrow?.records ?? records;
  const sip = left.filter(({ protocol }) => protocol === 'sip').length;
  if (sip > MAX_MESSAGES) {
    throw tooMuch(from, counted(sip, 'message'));
  }
  if (narrow !== undefined) {
    console.log(
      `  taken     ${narrow.taken} of ${counted(narrow.calls, 'call')}, ${left.length} of ${counted(records.length, 'message')}`,
    );
  }
  const parties = new Set(left.flatMap((one) => [one.from, one.to]));
  return { records: left, actors: actors.filter((name) => parties.has(name)), servers };
}

function tooMuch(from: string, what: string): UserError {
  return new UserError(
    `${from}: ${what}, and a scenario has at most ${MAX_STEPS} steps and ${MAX_SCENARIO_BYTES >> 20} MiB: take less of it ` +
      '(--call-id takes one call, --from and --to a span of time)',
  );
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
