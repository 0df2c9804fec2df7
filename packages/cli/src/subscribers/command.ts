import { type Command, InvalidArgumentError, Option } from 'commander';
import type { HssOptions } from './hss-client.js';

export interface ListOptions extends HssOptions {
  readonly after?: string;
  readonly limit: number;
  readonly json: boolean;
}
export interface ShowOptions extends HssOptions {
  readonly secrets: boolean;
  readonly xml: boolean;
  readonly json: boolean;
}
export interface EditOptions extends HssOptions {
  readonly json: boolean;
}
export interface DeregisterOptions extends EditOptions {
  readonly reason: string;
  readonly info?: string;
}
export interface ExportOptions extends HssOptions {
  readonly format: 'json' | 'xml';
  readonly secrets: boolean;
}

const CHANGE_HELP = `
What to change is a document (JSON, as \`show --json --secrets\` gives it, or the XML of TS 29.228
Annex E), which takes the place of the old one, or fields of it:
  k=HEX opc=HEX amf=HEX      of the private identity that is named (IMS AKA)
  password=TEXT              of the private identity that is named (SIP Digest)
  charging.primaryCcf=URI    any other field, by its path: implicitSets.0.serviceProfiles.0...
  charging=                  without a value: the field goes
A value that reads as JSON is taken as JSON: capabilities={"mandatory":[1],"optional":[]}`;

/** `ims subscribers`: the subscribers of an HSS that runs. What the subcommands do is loaded when one is called. */
export function addSubscribers(program: Command): void {
  const command = program
    .command('subscribers')
    .description('add, show, change and remove subscribers of an HSS that runs');
  at(command.command('list').description('a line each, in the order of their private identities'))
    .option('--after <impi>', 'from after this one')
    .option('--limit <number>', 'how many at most', count, 100)
    .option('--json', 'one JSON document a line', false)
    .action(async (options: ListOptions) => (await import('./show.js')).list(options));
  at(command.command('show').description('one subscriber and where it is registered').argument('<impi>'))
    .option('--secrets', 'show keys and passwords (with --json)', false)
    .option('--xml', 'the XML of TS 29.228 Annex E', false)
    .option('--json', 'as a JSON document', false)
    .action(async (impi: string, options: ShowOptions) => (await import('./show.js')).show(impi, options));
  at(command.command('add').description('add one').argument('<file>', 'JSON or XML; - is standard input'))
    .option('--json', 'the answer as JSON', false)
    .action(async (file: string, options: EditOptions) => (await import('./edit.js')).add(file, options));
  at(command.command('change').description('change one; its registration stays').argument('<impi>'))
    .argument('<change...>', 'a file (- is standard input), or field=value')
    .option('--json', 'the answer as JSON', false)
    .addHelpText('after', CHANGE_HELP)
    .action(async (impi: string, changes: string[], options: EditOptions) =>
      (await import('./edit.js')).change(impi, changes, options),
    );
  at(command.command('remove').description('remove one; its registration is taken back').argument('<impi>'))
    .option('--json', 'the answer as JSON', false)
    .action(async (impi: string, options: EditOptions) => (await import('./edit.js')).remove(impi, options));
  at(command.command('deregister').description('take its registration back').argument('<impi>'))
    .argument('[impu...]', 'these public identities only')
    .addOption(
      new Option('--reason <reason>', 'Deregistration-Reason of TS 29.229 6.3.17')
        .choices(['permanent-termination', 'new-server-assigned', 'server-change', 'remove-s-cscf'])
        .default('permanent-termination'),
    )
    .option('--info <text>', 'for the user, in words')
    .option('--json', 'the answer as JSON', false)
    .action(async (impi: string, impus: string[], options: DeregisterOptions) =>
      (await import('./edit.js')).deregister(impi, impus, options),
    );
  at(command.command('import').description('add or replace many'))
    .argument('<file>', '.json, .jsonl (one a line) or .xml; - is standard input')
    .option('--json', 'the answer as JSON', false)
    .action(async (file: string, options: EditOptions) =>
      (await import('./bulk.js')).importFile(file, options),
    );
  at(command.command('export').description('all, to standard output'))
    .addOption(
      new Option('--format <format>', 'JSON documents, one a line, or the XML of TS 29.228 Annex E')
        .choices(['json', 'xml'])
        .default('json'),
    )
    .option('--secrets', 'with keys and passwords, to be imported elsewhere (JSON)', false)
    .action(async (options: ExportOptions) => (await import('./bulk.js')).exportAll(options));
}

/** Which HSS, for each of them. */
function at(command: Command): Command {
  return command
    .option('--hss <url>', 'its provisioning interface, e.g. http://127.0.0.1:8080')
    .option('--ready-file <file>', 'or what `ims up --ready-file` has written')
    .option('--network <file>', 'or a network file that says where it listens')
    .option('--name <name>', 'which HSS of that file, where it has several')
    .option('--token <token>', 'what the interface asks for; also from IMS_TOKEN');
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('expected a whole number above 0');
  return value;
}
