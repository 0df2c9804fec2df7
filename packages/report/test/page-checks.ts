// What is asked of a page, as scripts that it runs.

/** Text, and how much it stands out from what is behind it. */
export interface Contrast {
  readonly text: string;
  readonly ratio: number;
  readonly needed: number;
}

/** Of each text that is seen: its colour against the nearest background that is painted behind it. */
export const CONTRASTS = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const own = parts(getComputedStyle(element).backgroundColor);
    return own[3] === 0 ? behind(element.parentElement) : own.length < 4 ? own : over(own, behind(element.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const text = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data).join('').trim();
    const style = getComputedStyle(element);
    if (text === '' || !element.checkVisibility() || element.closest('.spoken, :disabled, script, style') !== null) return [];
    const background = behind(element);
    const [one, other] = [light(over(parts(style.color), background)), light(background)];
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    return [{ text, ratio: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), needed: isLarge ? 3 : 4.5 }];
  });
})()`;

/** How many elements move, or would. */
export const MOVES = `[...document.querySelectorAll('*')].filter((element) => {
  const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
  return animationName !== 'none' || transitionDuration !== '0s' || scrollBehavior === 'smooth';
}).length`;

/** Participants whose name is cut, and whether the page is wider than the window. */
export const CUT = `[
  ...[...document.querySelectorAll('.participant')].filter((head) => head.scrollWidth > head.clientWidth).map((head) => head.textContent),
  ...(document.documentElement.scrollWidth > innerWidth ? ['page'] : []),
]`;

/** What has the focus, and how it shows it. */
export const FOCUSED = `(() => {
  const element = document.activeElement;
  const row = document.getElementById(element.getAttribute('aria-activedescendant'));
  const isShown = getComputedStyle(row ?? element).outlineStyle !== 'none' || element === document.body;
  return [element.getAttribute('aria-label') ?? element.textContent.trim(), isShown ? 'shown' : 'none'];
})()`;
