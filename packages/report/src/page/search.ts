import type { Messages } from './blocks.js';
import type { Model } from './model.js';

/**
 * The rows in which `needle` (in lower case) stands: in what the row shows, in its step, or in the message, header names and
 * all. Undefined where `isStale` says that nobody waits for it any more.
 */
export async function search(
  model: Model,
  messages: Messages,
  needle: string,
  isStale: () => boolean,
): Promise<Uint8Array | undefined> {
  const inMessage = new Uint8Array(model.data.messages.block.length);
  // As the blocks' bytes are looked at one by one, so must the needle's be.
  const bytes = new TextDecoder('latin1').decode(new TextEncoder().encode(needle)).toLowerCase();
  let message = 0;
  for (let block = 0; block < model.data.blocks; block += 1) {
    const text = (await messages.block(block)).toLowerCase();
    if (isStale()) {
      return undefined;
    }
    message = searchBlock(model, text, bytes, message, block, inMessage);
  }
  const found = new Uint8Array(model.count);
  const texts = model.data.texts.map((text) => text.toLowerCase().includes(needle));
  const steps = model.data.steps.map((step) => stepText(step).includes(needle));
  const { rows, participants } = model.data;
  const names = participants.map(({ name, label }) => `${name}\n${label}`.toLowerCase().includes(needle));
  for (let row = 0; row < model.count; row += 1) {
    const isFound =
      inMessage[rows.message[row] ?? -1] === 1 ||
      texts[rows.label[row] ?? -1] === true ||
      texts[rows.note[row] ?? -1] === true ||
      steps[rows.step[row] ?? -1] === true ||
      names[rows.from[row] ?? -1] === true ||
      names[rows.to[row] ?? -1] === true;
    found[row] = isFound ? 1 : 0;
  }
  return found;
}

/** Marks the messages of a block that have the needle; gives the first message of the next block. */
function searchBlock(
  { data }: Model,
  text: string,
  needle: string,
  first: number,
  block: number,
  inMessage: Uint8Array,
): number {
  const { block: blocks, start, length } = data.messages;
  let message = first;
  let at = text.indexOf(needle);
  for (; blocks[message] === block; message += 1) {
    const from = start[message] ?? 0;
    const to = from + (length[message] ?? 0);
    if (at >= 0 && at < from) {
      at = text.indexOf(needle, from);
    }
    if (at >= from && at + needle.length <= to) {
      inMessage[message] = 1;
    }
  }
  return message;
}

function stepText({ step, title, clause, differences, errata }: Model['data']['steps'][number]): string {
  const parts = [
    `step ${step}`,
    title,
    clause,
    ...differences.flatMap(({ where, expected, got, why }) => [where, expected, got, why]),
    ...errata.flatMap(({ table, right, why }) => [table, right, why]),
  ];
  return parts.join('\n').toLowerCase();
}
