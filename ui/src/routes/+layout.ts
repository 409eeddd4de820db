// One page, drawn in the window: there is no server to render or prerender on.
export const ssr = false;
export const prerender = false;
export const trailingSlash = 'never';
