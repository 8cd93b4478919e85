/** Light colours, also on paper (the script sets `data-printing`), and dark ones where those are preferred. */
export const coloursStyle = `
:root {
  color-scheme: light;
  --page: #f7f7f5;
  --surface: #ffffff;
  --text: #1d1d1b;
  --muted: #5c5f66;
  --border: #dededa;
  --grid: #ecece8;
  --accent: #1f5fbf;
  --warning: #9a4a00;
  --warning-surface: #fdf3e4;
  --good: #1a6b3c;
  --hit: 96 158 240;
  --miss: 245 158 66;
  --line-step: #7592bf;
  --line-train: #1f5fbf;
  --line-test: #b54708;
}
@media screen and (prefers-color-scheme: dark) {
  :root:not([data-printing]) {
    color-scheme: dark;
    --page: #14161a;
    --surface: #1b1e24;
    --text: #e7e7e4;
    --muted: #a2a7b0;
    --border: #343841;
    --grid: #2a2e36;
    --accent: #82b1ff;
    --warning: #ffb669;
    --warning-surface: #33270f;
    --good: #7fd6a2;
    --hit: 47 105 196;
    --miss: 178 92 18;
    --line-step: #6481b3;
    --line-train: #82b1ff;
    --line-test: #ffa057;
  }
}
`;
