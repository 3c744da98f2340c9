/** The page in a real browser: it can be stepped through, by mouse and by keyboard, and needs nothing but itself. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { explainHtml } from '../../src/explain/html.js';
import { musl386 } from '../rules/windows.js';
import { explained } from './windows.js';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = BROWSERS.find((path) => existsSync(path));
if (executablePath === undefined) console.warn('The page is not tried in a browser: there is no Chromium here');
const inBrowser = executablePath === undefined ? describe.skip : describe;

inBrowser('in Chromium', () => {
  const of = explained(musl386, 'i386');
  const folder = mkdtempSync(join(tmpdir(), 'cancelint-page-'));
  const requests: string[] = [];
  const errors: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const file = join(folder, 'window.html');
    writeFileSync(file, explainHtml(of));
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
    });
    page = await browser.newPage({ viewport: { width: 1300, height: 1000 } });
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(pathToFileURL(file).href);
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const position = () => page.textContent('#position');
  const here = () => page.textContent('tr.here');
  const register = (name: string) =>
    page.evaluate<string>(
      `[...document.querySelectorAll('#registers dt')].find((term) => term.textContent === '${name}').nextElementSibling.textContent`,
    );

  test('it loads nothing and no error is thrown', () => {
    expect(requests).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test('every instruction and every property is drawn', async () => {
    expect(await page.$$eval('tr[id^=row-]', (rows) => rows.length)).toBe(
      of.rows.filter(({ row }) => row === 'instruction').length,
    );
    for (const { name } of of.verdicts) expect(await page.isVisible(`text=${name}`)).toBe(true);
  });

  test('forward and back step through the run', async () => {
    const { states } = of.runs[0]!;
    expect(await position()).toBe(`1 of ${String(states.length)}`);
    expect(await here()).toContain('pushl %ebp');
    await page.click('#forward');
    expect(await here()).toContain('pushl %edi');
    expect(await page.$$eval('#stack dd', (words) => words.length)).toBe(2);
    expect(await page.getAttribute('#registers dd.changed', 'class')).toBe('changed');
    await page.keyboard.press('ArrowRight');
    expect(await position()).toBe(`3 of ${String(states.length)}`);
    await page.keyboard.press('ArrowLeft');
    await page.click('#back');
    expect(await position()).toBe(`1 of ${String(states.length)}`);
    expect(await page.isDisabled('#back')).toBe(true);
    expect(await register('esp')).toBe(states[0]!.registers.esp);
  });

  test('a run is chosen, and shows where the request arrives', async () => {
    const index = of.runs.findIndex(({ title }) => title.includes('int $0x80'));
    await page.selectOption('#run', { index });
    const happens = await page.textContent('#events');
    expect(happens).toContain('sets the flag and sends the cancellation signal');
    expect(happens).toContain("goes to '__cp_cancel'");
    expect(await here()).toContain('int $0x80');
    expect(await page.textContent('#flag')).toBe('1');
    await page.fill('#step', String(of.runs[index]!.states.length - 1));
    expect(await page.textContent('#events')).toContain("'__cancel' acts upon the request");
    expect(await page.$('tr.here')).toBeNull();
    expect(await page.isDisabled('#forward')).toBe(true);
  });

  test('it is readable in the dark and on a narrow screen', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    const [ink, ground] = await page.evaluate<string[]>(
      `[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]`,
    );
    expect(ink).not.toBe(ground);
    await page.setViewportSize({ width: 500, height: 900 });
    expect(await page.isVisible('#forward')).toBe(true);
  });
});
