/** The job cannot be done as asked, and the message says what to do about it: one line, exit status 2, no stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
