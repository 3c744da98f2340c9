// The word of a request is changed by what was computed from its last value.
import rule from '../../src/rules/flag-update-not-atomic.js';
import { RuleTester } from '../../src/testing/rule-tester.js';

const at = 'nptl/pthread_cancel.c';
const EXCHANGE = 'atomic_compare_exchange_weak_acquire (&pd->cancelhandling, &oldval, newval)';
const update = (body: string): Record<string, string> => ({
  [at]: `void
__mark (struct pthread *pd)
{
  int oldval = atomic_load_relaxed (&pd->cancelhandling);
  int newval;
${body}}
`,
});
const stale = {
  messageId: 'stale',
  data: { desired: 'newval', expected: 'oldval', flag: 'cancelhandling' },
  file: at,
} as const;

new RuleTester({ libc: 'glibc' }).run(rule, {
  valid: [
    {
      name: 'each turn computes anew',
      files: update(`  do\n    newval = oldval | CANCELED_BITMASK;\n  while (!${EXCHANGE});\n`),
    },
    {
      name: 'glibc from 62be9681: back to where it is computed',
      files: update(`  do
    {
    again:
      newval = oldval | CANCELED_BITMASK;
      if (cancel_enabled_and_canceled_and_async (newval))
	{
	  int newval2 = oldval | CANCELING_BITMASK;
	  if (!atomic_compare_exchange_weak_acquire (&pd->cancelhandling, &oldval, newval2))
	    goto again;
	  break;
	}
    }
  while (!${EXCHANGE});
`),
    },
    {
      name: 'the setters of state and type: a loop that is left where it succeeds',
      files: update(
        `  while (1)\n    {\n      newval = oldval & ~CANCELSTATE_BITMASK;\n      if (oldval == newval)\n	break;\n      if (${EXCHANGE})\n	break;\n    }\n`,
      ),
    },
    {
      name: 'a value that comes from elsewhere',
      files: update(`  newval = EXITING_BITMASK;\n  while (!${EXCHANGE})\n    ;\n`),
    },
    {
      name: 'the expected value is read and set anew',
      files: update(
        `  newval = oldval | CANCELED_BITMASK;\n  while (!${EXCHANGE})\n    oldval = newval & ~CANCELED_BITMASK;\n`,
      ),
    },
    {
      name: 'tried once more after it has succeeded',
      files: update(`  newval = oldval | CANCELED_BITMASK;\n  if (${EXCHANGE})\n    ${EXCHANGE};\n`),
    },
    {
      name: 'another word',
      files: update(
        `  newval = oldval | 1;\n  while (!atomic_compare_exchange_weak_acquire (&pd->joinid, &oldval, newval))\n    ;\n`,
      ),
    },
  ],
  invalid: [
    {
      name: 'computed once, in front of the loop',
      files: update(`  newval = oldval | CANCELED_BITMASK;\n  while (!${EXCHANGE})\n    ;\n`),
      errors: [
        {
          ...stale,
          line: 7,
          column: 11,
          function: '__mark',
          flow: [
            { message: 'the exchange fails', line: 7 },
            { message: "'newval' is stored", line: 7 },
          ],
        },
      ],
    },
    {
      name: 'the way of success leaves',
      files: update(
        `  newval = oldval | CANCELED_BITMASK;\n  while (1)\n    {\n      if (${EXCHANGE})\n	return;\n    }\n`,
      ),
      errors: [{ ...stale, line: 9, column: 11 }],
    },
    {
      name: 'fixture: continue goes to the condition',
      fixture: 'rules/flag-update-not-atomic/glibc/continue',
      errors: [
        {
          ...stale,
          line: 19,
          column: 9,
          function: '__pthread_cancel',
          flow: [
            { message: 'the exchange fails', line: 19 },
            { message: "'newval' is stored", line: 25 },
          ],
        },
      ],
    },
  ],
});
