import { launchBrowser } from './browser.ts';

export interface PictureOptions {
  /** Of the window, in pixels of the page. */
  readonly width: number;
  /** As much of the page as is in the window; left out: all of it. */
  readonly height?: number;
  readonly theme: 'light' | 'dark';
}

/** Opens a dashboard, waits until it shows a machine, and writes what it looks like to a PNG file. */
export async function takePicture(url: string, file: string, { width, height, theme }: PictureOptions): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({
      viewport: { width, height: height ?? 1000 },
      colorScheme: theme,
      reducedMotion: 'reduce',
    });
    await page.goto(url);
    await page.locator('.verdict').waitFor();
    const ports = page.locator('.port-picture, .ports .empty');
    await ports.first().waitFor();
    await page.screenshot({ path: file, fullPage: height === undefined });
  } finally {
    await browser.close();
  }
}
