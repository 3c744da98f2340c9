/** Code that cannot be read or laid out. The message is one line and says what is wrong with the file. */
export class ObjectError extends Error {
  override readonly name = 'ObjectError';
}
