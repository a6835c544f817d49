import { shapesOf } from './sql-shape';

const text = { kind: 'copy-in', format: 'text' };
const binary = { kind: 'copy-in', format: 'binary' };
const other = { kind: 'other' };

describe('shapesOf', () => {
  it.each([
    ['COPY t FROM STDIN', [text]],
    ['copy t (a, b) from stdin with (format binary)', [binary]],
    ["COPY t FROM STDIN (FORMAT 'binary')", [binary]],
    ['COPY BINARY t FROM STDIN', [binary]],
    ["COPY t FROM STDIN WITH (FORMAT csv, NULL 'binary')", [text]],
    ['COPY "from" FROM stdout', [text]],
    ["COPY t FROM '/tmp/stdin'", [other]],
    ['COPY (SELECT 1 FROM stdin) TO STDOUT', [other]],
    ['COPY t TO STDOUT', [other]],
    ['/* a /* nested */ ; */ COPY -- t TO\n t FROM STDIN', [text]],
    ["SELECT 'copy t from stdin; copy t from stdin'", [other]],
    ["SELECT E'\\'; copy t from stdin'", [other]],
    ['DO $x$ copy t from stdin; $x$', [other]],
    ['SELECT 1; COPY t FROM STDIN;', [other, text]],
    ['LISTEN Alarm', [{ kind: 'listen', channel: 'alarm' }]],
    ['LISTEN "A""b"', [{ kind: 'listen', channel: 'A"b' }]],
    ['UNLISTEN *', [{ kind: 'unlisten', channel: undefined }]],
    ['BEGIN; UNLISTEN a; COMMIT', [other, { kind: 'unlisten', channel: 'a' }, other]],
    ['DISCARD ALL', [{ kind: 'sweep', tag: 'DISCARD ALL' }]],
    ['DEALLOCATE PREPARE ALL', [{ kind: 'sweep', tag: 'DEALLOCATE ALL' }]],
    ['DEALLOCATE "all"', [other]],
    ['SELECT 1', []],
  ])('%s', (sql, shapes) => {
    expect(shapesOf(sql)).toEqual(shapes);
  });
});
