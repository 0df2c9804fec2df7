/** The user's input or environment cannot be used: the message says what, where and what to do. Exit status 2, no stack. */
export class UserError extends Error {}
