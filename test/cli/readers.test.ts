/** What waxseal writes as YAML, read by PyYAML, which reads YAML 1.1. */
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { expected, sealOddTexts, seen } from './support/odd-texts.ts'
import { sandbox } from './support/sandbox.ts'

/** A date or a key that is no text would be the text of its kind in JSON, so that they are told first. */
const READ = `
import json, sys, yaml
def check(value):
    if isinstance(value, dict):
        for key, item in value.items():
            assert isinstance(key, str), repr(key)
            check(item)
    elif isinstance(value, list):
        for item in value: check(item)
    else:
        assert isinstance(value, str), repr(value)
[document] = [each for each in yaml.safe_load_all(sys.stdin.buffer) if each is not None]
check(document)
print(json.dumps(document))
`

const python = ['/usr/bin/python3', 'python3'].find((each) => spawnSync(each, ['-c', 'import yaml']).status === 0)

test.skipIf(python === undefined)('PyYAML reads every text as that text', async () => {
  const box = sandbox()
  await sealOddTexts(box)
  const { status, stdout, stderr } = spawnSync(python ?? '', ['-c', READ], { input: box.read('sealed.yaml') })
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' })
  expect(seen(JSON.parse(stdout.toString()))).toEqual(expected)
})
