import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseEnvFile, withEnvFile } from './env-file.js'

test('a line is a name and a value, with or without export, quotes and comments', () => {
  const text = [
    '# keys',
    'A=1',
    'export B = two words # and a comment',
    'C="with # inside" # outside',
    "D='single \\n stays'",
    'E="line\\nbreak"',
    'F=a#b',
    'G=',
    'H=#nothing',
    'no assignment',
    '9X=refused',
    '  I=indented\r'
  ].join('\n')
  expect(parseEnvFile(`\uFEFF${text}`)).toEqual({
    A: '1',
    B: 'two words',
    C: 'with # inside',
    D: 'single \\n stays',
    E: 'line\nbreak',
    F: 'a#b',
    G: '',
    H: '',
    I: 'indented'
  })
})

test('a variable that is set wins over the file, an empty one does not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-env-'))
  try {
    await writeFile(join(folder, '.env'), 'SET=file\nEMPTY=file\nNEW=file\n')
    expect(await withEnvFile({ SET: 'shell', EMPTY: '' }, folder)).toEqual({ SET: 'shell', EMPTY: 'file', NEW: 'file' })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a folder without a .env changes nothing', async () => {
  expect(await withEnvFile({ SET: 'shell' }, join(tmpdir(), 'no-such-folder'))).toEqual({ SET: 'shell' })
})
