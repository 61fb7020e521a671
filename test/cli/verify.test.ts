/** `waxseal verify`, offline. */
import { describe, expect, test } from 'vitest'
import { like, OLD, sealed } from './support/resealing.ts'
import { CERT, KEY, sandbox } from './support/sandbox.ts'

describe('verify', () => {
  test('says it of each value', async () => {
    const box = sandbox()
    const [good, foreign] = [
      await sealed(box, 'one', { a: 'one', b: 'two' }),
      await sealed(box, 'one', { b: 'x' }, CERT),
    ]
    box.write('good.yaml', good)
    box.write('mixed.yaml', `---\nkind: Other\n${good.replace(/b: .*/, `b: ${/b: (\S+)/.exec(foreign)?.[1]}`)}`)
    expect(await box.waxseal(['verify', '--key', OLD.key, '.'])).toMatchObject({
      code: 1,
      stdout:
        'good.yaml: SealedSecret shop/one: ok (2 values)\nmixed.yaml: document 2: SealedSecret shop/one: b: cannot be opened\n',
      stderr: like(/^error: 1 of 2 SealedSecrets cannot be opened\nhint: /),
    })
    const json = await box.waxseal(['verify', '--key', OLD.key, '-o', 'json', 'mixed.yaml'])
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      [
        {
          file: 'mixed.yaml',
          namespace: 'shop',
          name: 'one',
          result: 'failed',
          opens: false,
          items: [
            { key: 'a', result: 'opens', opens: true, openedBy: like(/^[0-9a-f]{64}$/) },
            { key: 'b', result: 'failed', opens: false },
          ],
        },
      ],
    ])
    expect(await box.waxseal(['verify', '--key', OLD.key, '--key', KEY, '.'])).toMatchObject({
      code: 0,
      stderr: '2 SealedSecrets can be opened\n',
    })
  })

  test('what is no SealedSecret after all is said', async () => {
    const box = sandbox()
    box.write('broken.yaml', 'kind: SealedSecret\n a: {{ helm }}\n')
    const { code, stdout } = await box.waxseal(['verify', '--key', KEY, '.'])
    expect([code, stdout]).toEqual([1, like(/^broken\.yaml: document 1, line \d: /)])
  })
})
