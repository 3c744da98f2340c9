import { Progress } from '../../src/cli/progress.js';

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 20, write: (text: string) => written.push(text) };
}

describe('progress', () => {
  let now = 0;
  const clock = () => now;
  beforeEach(() => {
    now = 0;
  });

  it('is shown on a terminal after a second, and taken away', () => {
    const out = stream(true);
    const progress = new Progress(out, clock);
    progress.update('lifting', 1, 100);
    now = 1500;
    progress.update('lifting', 50, 100);
    now = 1550;
    progress.update('lifting', 51, 100);
    progress.clear();
    progress.clear();
    expect(out.written).toEqual(['\r\u001b[Klifting 50/100', '\r\u001b[K']);
  });

  it('is never shown elsewhere', () => {
    const out = stream(false);
    const progress = new Progress(out, clock);
    now = 5000;
    progress.update('lifting', 50, 100);
    progress.clear();
    expect(out.written).toEqual([]);
  });
});
