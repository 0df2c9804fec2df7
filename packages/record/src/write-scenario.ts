import { shortName } from '@ims-sim/trace';
import type { RecordedActor, RecordedEntry, RecordedFlow, RecordedPlay } from './recorded.js';
import { likeMisspelt } from './written-headers.js';
import { writeFlow, yaml } from './write-flow.js';

export interface ScenarioHead {
  readonly title: string;
  readonly clause: string;
  readonly profile: string;
  /** The network file, as the scenario is to name it. */
  readonly network: string;
  /** Where it comes from, for the reader: `recorded from call.pcap`. */
  readonly comment: string;
}

/** A scenario file that plays what was recorded and expects what was seen. */
export function writeScenario(head: ScenarioHead, play: RecordedPlay, flow: RecordedFlow): string {
  const { title, clause, profile, network } = head;
  const actors = Object.fromEntries(
    play.actors.map((actor) => [actor.name, actorYaml(actor, flow.addressSymbols.get(actor.name))]),
  );
  const participants = Object.fromEntries(flow.participants.map((name) => [name, shortName(name)]));
  const ownHeaders = likeMisspelt(play, flow);
  const parts = [
    yaml({ title, clause, profile, network }),
    yaml({ actors }),
    yaml({ participants }),
    ...(ownHeaders.length > 0 ? [yaml({ ownHeaders })] : []),
    ...(play.before.length > 0 ? [yaml({ before: play.before.map(entryYaml) })] : []),
    yaml({ play: play.play.map(entryYaml) }),
    ...(play.faults.length > 0 ? [yaml({ faults: play.faults })] : []),
    writeFlow(flow),
  ];
  const comment = head.comment.split('\n').map((line) => `# ${line}`.trimEnd());
  return `# yaml-language-server: $schema=scenario.schema.json\n${comment.join('\n')}\n${parts.join('\n')}`;
}

function actorYaml(actor: RecordedActor, symbol: string | undefined): unknown {
  const { host, publicIdentity, privateIdentity, proxy, securityAgreement, accessNetworkInfo, on } = actor;
  if (host !== undefined) {
    return { as: host, ...(on.size > 0 && { on: Object.fromEntries(on) }) };
  }
  return {
    ue: publicIdentity ?? 'sip:somebody@home1.net',
    privateIdentity: privateIdentity ?? publicIdentity?.replace(/^sips?:/, '') ?? 'somebody@home1.net',
    proxy,
    ...(symbol !== undefined && { symbol }),
    ...(securityAgreement && { securityAgreement }),
    ...(accessNetworkInfo !== undefined && { accessNetworkInfo }),
    ...(on.size > 0 && { on: Object.fromEntries(on) }),
  };
}

function entryYaml({ sentence, options, parallel }: RecordedEntry): unknown {
  if (parallel !== undefined) {
    return { parallel: parallel.map((list) => list.map(entryYaml)) };
  }
  return Object.keys(options).length === 0 ? sentence : { [sentence]: options };
}
