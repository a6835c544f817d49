// jsdom has no media queries; uPlot asks for the pixel ratio by one as soon as it is loaded.
globalThis.matchMedia = (media) => ({
  media,
  matches: false,
  addEventListener() {},
  removeEventListener() {},
});
