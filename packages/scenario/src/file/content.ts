import { resolve } from 'node:path';
import { type Complaint, readText } from '@ims-sim/element/files';
import { whyUnread } from './nearest-file.js';

/** What actions read out of files beside the scenario; what is wrong becomes a complaint at the key that names it. */
export interface ReadContent {
  /** `presence` documents have another type in the TR than in the final text. */
  readonly presenceType: string;
  content(
    given: {
      readonly body?: string | undefined;
      readonly text?: string | undefined;
      readonly contentType?: string | undefined;
    },
    usualType?: string,
  ): {
    readonly body?: string | undefined;
    readonly bodyFile?: string | undefined;
    readonly contentType?: string | undefined;
  };
  subscriber(file: string | undefined, inline: unknown): unknown;
}

const MAX_BODY_BYTES = 1024 * 1024;
const TYPES: Readonly<Record<string, string>> = {
  sdp: 'application/sdp',
  txt: 'text/plain',
  json: 'application/json',
  html: 'text/html',
};

/** `complain` gets the key of the action that is wrong, and what is. */
export function contentReader(
  folder: string,
  profile: 'tr-24.841' | 'ts-24.141',
  complain: (complaint: Complaint) => void,
): ReadContent {
  const fileText = (file: string, key: string): string | undefined => {
    try {
      const text = readText(resolve(folder, file), MAX_BODY_BYTES);
      if (text === undefined) {
        complain({ path: [key], text: `${file} is larger than ${MAX_BODY_BYTES / 1024} KiB` });
      }
      return text;
    } catch (error) {
      complain({ path: [key], text: whyUnread(file, folder, error) });
      return undefined;
    }
  };
  return {
    presenceType: profile === 'tr-24.841' ? 'application/cpim-pidf+xml' : 'application/pidf+xml',
    content: ({ body, text, contentType }, usualType) => {
      if (body === undefined && text === undefined) {
        return { contentType };
      }
      if (body !== undefined && text !== undefined) {
        complain({ path: ['text'], text: 'expected one of `body`, a file, and `text`' });
      }
      const its = text ?? fileText(body ?? '', 'body') ?? '';
      const byName = body === undefined ? undefined : TYPES[/\.(\w+)$/.exec(body)?.[1] ?? ''];
      return { body: its, bodyFile: body, contentType: contentType ?? byName ?? usualType ?? 'text/plain' };
    },
    subscriber: (file, inline) => {
      if ((file === undefined) === (inline === undefined)) {
        complain({ path: ['provision'], text: 'expected one of `from`, a file, and `subscriber`' });
      }
      if (inline !== undefined || file === undefined) {
        return inline;
      }
      const text = fileText(file, 'from');
      try {
        return text === undefined ? undefined : (JSON.parse(text) as unknown);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        complain({ path: ['from'], text: `${file} is not JSON: ${why}` });
        return undefined;
      }
    },
  };
}
