/** Steps of an interleaving, in the words that all rules use. */
import type { Region } from '../../ir/types.js';
import type { Step } from '../../linter/finding.js';

export const victim = (at: Region, message: string): Step => ({ at, message, thread: 'victim' });
export const canceller = (at: Region, message: string): Step => ({ at, message, thread: 'canceller' });
export const kernel = (at: Region, message: string): Step => ({ at, message, thread: 'kernel' });
