// Which part of the UI may know which: knowledge flows down only.
//
//   routes -> features/<area> -> state -> backend
//                     \-> ui (design system), words, format, i18n
//
// A feature never imports another feature; the design system knows no feature, no state and no
// backend; only backend/tauri.ts speaks to Tauri.
import path from 'node:path';

const LIB = path.resolve(import.meta.dirname, '../src/lib');

/** @param {string} file an absolute path */
function zoneOf(file) {
  const inside = path.relative(LIB, file).split(path.sep);
  if (inside[0] === '..') return { zone: 'routes', area: '' };
  return { zone: inside[0] ?? '', area: inside[0] === 'features' ? (inside[1] ?? '') : '' };
}

/** @type {Record<string, string[]>} what each zone may import besides itself */
const ALLOWED = {
  i18n: [],
  format: ['i18n'],
  ui: ['i18n', 'format', 'styles'],
  backend: ['i18n', 'state'],
  words: ['i18n', 'format', 'backend'],
  state: ['i18n', 'format', 'backend', 'ui'],
  features: ['i18n', 'format', 'ui', 'backend', 'state', 'words', 'nav.ts', 'styles'],
  'nav.ts': ['i18n', 'ui'],
  styles: []
};

/**
 * @param {string} from the importing file, absolute
 * @param {string} source the import as written
 * @returns {string | null} what is wrong with it
 */
export function violation(from, source) {
  const here = zoneOf(from);
  if (source.startsWith('@tauri-apps/')) {
    return path.relative(LIB, from) === path.join('backend', 'tauri.ts')
      ? null
      : 'Only src/lib/backend/tauri.ts may import Tauri; use the Backend interface.';
  }
  const target = source.startsWith('$lib/')
    ? path.join(LIB, source.slice('$lib/'.length))
    : source.startsWith('.')
      ? path.resolve(path.dirname(from), source)
      : null;
  if (!target || here.zone === 'routes') return null;
  const there = zoneOf(target);
  if (there.zone === 'routes') {
    return target.startsWith(path.resolve(LIB, '..', 'routes'))
      ? 'A page is imported by nobody; move the shared part into a feature.'
      : null;
  }
  if (here.zone === 'features' && there.zone === 'features') {
    return here.area === there.area
      ? null
      : `The feature "${here.area}" may not know "${there.area}"; share through lib/state or compose in the route.`;
  }
  if (here.zone === there.zone) return null;
  // `nav` and `nav.ts` are the same file.
  const name = there.zone === 'nav' ? 'nav.ts' : there.zone;
  if ((ALLOWED[here.zone] ?? []).includes(name)) return null;
  return `"${here.zone}" may not import "${there.zone}".`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const importZones = {
  meta: { type: 'problem', docs: { description: 'Knowledge flows down only' }, schema: [] },
  create(context) {
    /** @param {import('estree').Node & {source?: import('estree').Node | null}} node */
    const check = (node) => {
      const source = node.source;
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const message = violation(context.filename, source.value);
      if (message) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check
    };
  }
};
