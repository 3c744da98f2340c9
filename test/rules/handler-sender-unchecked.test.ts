// A signal is no request, unless its sender is asked for.
import rule from '../../src/rules/handler-sender-unchecked.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'src/thread/pthread_cancel.c';
const handler = (body: string, params = 'int sig, siginfo_t *si, void *ctx') => `static void cancel_handler(${params})
{
	struct pthread *self = __pthread_self();
${body}}
`;
const sender = '\tif (si->si_code > 0 || si->si_pid != self->pid) return;\n';
const common = { file: at, function: 'cancel_handler', properties: [], targets: ['i386', 'x86_64'] } as const;

new RuleTester({ libc: 'musl' }).run(rule, {
  valid: [
    { name: 'the sender is asked for', files: { [at]: handler(`${sender}\tself->cancel = 1;\n\t__cancel();\n`) } },
    { name: 'the flag is read', files: { [at]: handler('\tif (!self->cancel) return;\n\t__cancel();\n') } },
    { name: 'a function is asked', files: { [at]: handler('\tif (!is_ours(si)) return;\n\t__cancel();\n') } },
    { name: 'the flag is cleared', files: { [at]: handler('\tself->cancel = 0;\n') } },
    {
      name: 'another word is set',
      files: { [at]: handler('\tself->cancelasync = 1;\n\tif (self->cancel) return;\n') },
    },
    {
      name: 'pthread_cancel sets the flag of another thread',
      files: {
        [at]: 'int pthread_cancel(pthread_t t)\n{\n\tt->cancel = 1;\n\treturn pthread_kill(t, SIGCANCEL);\n}\n',
      },
    },
    {
      name: 'three parameters, and none of them says who has sent anything',
      files: { [at]: handler('\tself->cancel = 1;\n', 'int sig, int code, void *ctx') },
    },
    { name: 'a handler of one parameter', files: { [at]: handler('\tself->cancel = 1;\n', 'int sig') } },
  ],
  invalid: [
    {
      name: 'musl in March 2011: the handler notes the request',
      files: { [at]: handler('\tself->cancel = 1;\n\tif (self->canceldisable) return;\n\t__cancel();\n') },
      errors: [
        {
          ...common,
          messageId: 'sets',
          data: { function: 'cancel_handler', flag: 'cancel' },
          line: 4,
          column: 2,
          endLine: 4,
          endColumn: 18,
          flow: [
            { message: 'another process sends the cancellation signal', line: 4 },
            { message: 'the request is noted', line: 4 },
          ],
        },
      ],
    },
    {
      name: 'it acts wherever the signal comes from, and asks for the state only',
      files: { [at]: handler('\tif (self->canceldisable) return;\n\t__cancel();\n') },
      errors: [
        {
          ...common,
          messageId: 'acts',
          data: { function: 'cancel_handler', how: '__cancel' },
          line: 5,
          column: 2,
          flow: [
            { message: 'another process', line: 5 },
            { message: 'the thread is cancelled', line: 5 },
          ],
        },
      ],
    },
    {
      name: 'the sender is asked for in front of acting, and not in front of setting',
      files: { [at]: handler(`\tself->cancel = 1;\n${sender}\t__cancel();\n`) },
      errors: [
        {
          ...common,
          messageId: 'sets',
          data: { function: 'cancel_handler', flag: 'cancel' },
          line: 4,
          column: 2,
        },
      ],
    },
    {
      name: 'fixture: one handler notes, the other reads',
      fixture: 'rules/handler-sender-unchecked/musl/notes',
      errors: [
        {
          ...common,
          function: 'note_request',
          messageId: 'sets',
          data: { function: 'note_request', flag: 'cancel' },
          line: 11,
          column: 2,
        },
      ],
    },
  ],
});
