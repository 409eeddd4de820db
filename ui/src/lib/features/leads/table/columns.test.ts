import { describe, expect, it } from 'vitest';
import { columnsOf, tracksOf, USUAL_COLUMNS } from './columns';

describe('the columns', () => {
  it('always have the name, and stand in their own order', () => {
    expect(columnsOf(['updated', 'stage']).map((column) => column.id)).toEqual([
      'name',
      'stage',
      'updated'
    ]);
    expect(columnsOf([])).toHaveLength(1);
    expect(columnsOf(USUAL_COLUMNS)).toHaveLength(USUAL_COLUMNS.length);
  });

  it('scroll sideways only below the width they need', () => {
    const columns = columnsOf(['stage']);
    expect(tracksOf(columns)).toEqual({
      tracks: '24px minmax(176px, 2fr) minmax(160px, 1.4fr)',
      least: 24 + 176 + 160 + 4 * 12
    });
  });
});
