/** The user's input or environment cannot be used: the message says what, where and what to do. Exit status 2, no stack. */
export class UserError extends Error {}

/** The operating system's code of an error (`ENOENT`, `EADDRINUSE`), where it has one. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  ELOOP: 'its link leads round to itself',
  ENAMETOOLONG: 'no file has so long a name',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'it may not be read',
};

/** What a user is told of a file that `node:fs` cannot read, without the library's words where it is a plain thing. */
export function whyUnreadable(error: unknown): string {
  return UNREADABLE[errorCode(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
