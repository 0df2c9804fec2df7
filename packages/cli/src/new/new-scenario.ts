import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { errorCode, UserError } from '@ims-sim/element';
import { readNetworkFile } from '@ims-sim/element/files';
import { readScenarioFile, scenarioJsonSchema } from '@ims-sim/scenario/files';
import { writableFolder } from '../writable-folder.js';
import { type Asking, type Io, startAsking } from './asking.js';
import { type Kind, type Person, peopleOf, scenarioText, smallNetwork, usualTitle } from './scenario-text.js';

const SCHEMA = 'scenario.schema.json';

/**
 * `ims new`: asks for what a scenario needs, writes it, and checks it. Every question has an answer that is taken where nothing is said, or
 * where the input has ended. Throws `UserError` where the file is there already, or an answer cannot be used.
 */
export async function newScenario(file: string | undefined, io: Io): Promise<void> {
  const asking = startAsking(io);
  try {
    const path = file ?? (await asking.ask('File', 'scenario.yaml'));
    if (existsSync(path)) {
      throw new UserError(`${path}: it is there already, and is left as it is: name another file`);
    }
    writableFolder('ims new', dirname(path)); // before anybody has answered for nothing
    const text = await asked(path, asking);
    written(path, text);
    const schema = join(dirname(path), SCHEMA);
    if (!existsSync(schema)) {
      written(schema, `${JSON.stringify(scenarioJsonSchema(), undefined, 1)}\n`);
    }
    readScenarioFile(path);
    asking.say(`wrote ${path}: play it with\n  ims run ${path}`);
  } finally {
    asking.close();
  }
}

async function asked(path: string, asking: Asking): Promise<string> {
  const kind = (await asking.choose('What happens', ['subscribe', 'message', 'call'], 'subscribe')) as Kind;
  const title = await asking.ask('Title', usualTitle(kind));
  const folder = dirname(path);
  const usual = existsSync(join(folder, 'network.yaml')) ? 'network.yaml' : 'new';
  const network = await asking.ask('Network file, or `new` for a small one in the scenario', usual);
  const source = network === 'new' ? undefined : networkPath(network, folder);
  const its = source === undefined ? smallNetwork : readNetworkFile(source);
  const people = peopleOf(its);
  if (people.length === 0) {
    throw new UserError(`${source ?? network}: it has no subscribers, and a scenario needs one that acts`);
  }
  const who = await person('Who acts', people, people[0], asking);
  const other =
    people.find(({ operator }) => operator !== who.operator) ?? people.find((one) => one !== who) ?? who;
  const whom = await person('Towards whom', people, other, asking);
  const named = source === undefined ? undefined : relative(resolve(folder), source);
  return scenarioText({ kind, title, profile: its.profile, network: named, who, whom });
}

/** As it is named beside the scenario, or from where the command was given. */
function networkPath(named: string, folder: string): string {
  const found = [resolve(folder, named), resolve(named)].find((path) => existsSync(path));
  if (found === undefined) {
    throw new UserError(`${named}: there is no such network file, neither beside the scenario nor here`);
  }
  return found;
}

async function person(
  question: string,
  people: readonly Person[],
  usual: Person | undefined,
  asking: Asking,
): Promise<Person> {
  const identities = people.map(({ publicIdentity }) => publicIdentity);
  const answer = await asking.choose(question, identities, usual?.publicIdentity ?? '');
  const found = people.find(({ publicIdentity }) => publicIdentity === answer);
  if (found === undefined) {
    throw new UserError(`${answer}: nobody of the network has that identity`);
  }
  return found;
}

/** Never over what is there. */
function written(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const why =
      errorCode(error) === 'EEXIST'
        ? 'it is there already'
        : error instanceof Error
          ? error.message
          : String(error);
    throw new UserError(`${path}: could not be written: ${why}`, { cause: error });
  }
}
