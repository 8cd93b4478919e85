/** The grid of sample predictions. */
export const samplesStyle = `
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: 0.75rem; }
.sample { margin: 0; padding: 0.5rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); }
.sample-wrong { border: 2px dashed var(--warning); padding: calc(0.5rem - 1px); }
.sample img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 0.25rem; }
.sample figcaption { margin-top: 0.5rem; font-size: 0.8125rem; line-height: 1.35; overflow-wrap: anywhere; }
.sample figcaption > span { display: block; }
.sample .label { font-weight: 600; }
.sample .wrong { color: var(--warning); font-weight: 600; }
.sample .probability { color: var(--muted); font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  .samples { grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr)); gap: 0.5rem; }
}
`;
