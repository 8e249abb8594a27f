import { computed, effect, signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEPT_AS = 'fourtuple-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(dark.matches);

export const chosenTheme = signal<Theme>(readTheme());
/** What pictures are painted for. */
export const isDark = computed(() =>
  chosenTheme.value === 'system' ? systemIsDark.value : chosenTheme.value === 'dark',
);

export function followTheme(): void {
  dark.addEventListener('change', ({ matches }) => {
    systemIsDark.value = matches;
  });
  effect(() => {
    const theme = chosenTheme.value;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  });
}

export function nextTheme(): void {
  const theme = THEMES[(THEMES.indexOf(chosenTheme.value) + 1) % THEMES.length] as Theme;
  chosenTheme.value = theme;
  try {
    localStorage.setItem(KEPT_AS, theme);
  } catch {
    // A browser that keeps nothing follows the system again with the next page.
  }
}

function readTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEPT_AS)) ?? 'system';
  } catch {
    return 'system';
  }
}
