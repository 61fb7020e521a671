/**
 * Which tests hold the security regressions that other controllers of this kind had. A test that is renamed or removed has
 * to be replaced here.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const HELD_BY: readonly (readonly [string, readonly (readonly [file: string, title: string])[]])[] = [
  [
    '1: a wide scope in the template of a strict SealedSecret widens nothing (CVE-2026-22728)',
    [
      ['packages/core/test/reseal.test.ts', 'a wider scope in the template alone widens nothing (CVE-2026-22728)'],
      ['packages/controller/test/http/rotate.test.ts', 'a wider scope in the template widens nothing (CVE-2026-22728'],
      [
        'packages/controller/test/http/verify.test.ts',
        'the scope is read from the object itself, not from its template',
      ],
      ['test/e2e/rotate.test.ts', 'nor does a wide scope in them count (regressions 1, 2)'],
    ],
  ],
  [
    '2: verify and rotate neither render templates nor let an answer depend on what was decrypted',
    [
      ['packages/controller/test/http/verify.test.ts', 'answers to different values are the same, headers included'],
      ['packages/controller/test/http/rotate.test.ts', 'templates are neither rendered nor looked at'],
    ],
  ],
  [
    '3: rate limits that trust no header, bounded bodies',
    [
      ['packages/controller/test/http/verify.test.ts', 'x-forwarded-for'],
      ['packages/controller/test/http/verify.test.ts', 'a body over 1 MiB is 413, with its length or without'],
      ['packages/controller/test/http/rotate.test.ts', 'rate, size and method are limited as those of /v1/verify'],
    ],
  ],
  [
    '4: metrics can leave out names',
    [
      ['packages/controller/test/metrics.test.ts', 'names of Secrets can be left out (regression 4)'],
      ['test/e2e/flags.test.ts', 'Names are not told, either.'],
    ],
  ],
  [
    '5: env, expandenv, getHostByName do not exist',
    [['packages/core/test/template/removed.test.ts', '(regression 5)']],
  ],
  [
    '6: last-applied annotations never reach the output',
    [
      ['packages/core/test/seal.test.ts', 'last-applied annotations, owners and server fields never reach the output'],
      ['test/e2e/informer/writing.test.ts', 'never keeps or shows the values of a Secret'],
    ],
  ],
  [
    '7: managed and patch are read from the existing Secret only',
    [['packages/controller/test/decide/decide.test.ts', 'there grants nothing (regression 7)']],
  ],
  [
    '8: the proxy may be used for exactly one Service',
    [['test/e2e/deploy.test.ts', 'lets any account reach the one Service, and no other']],
  ],
  [
    '9: bad base64, a malformed key Secret, nothing where a map is expected: an error, no loop, no crash',
    [
      ['test/e2e/refusing.test.ts', 'bad base64 names its item, and the loop goes on'],
      ['packages/controller/test/keys/keys.test.ts', 'skips what is no key pair, naming the Secret and the reason'],
      ['test/fault/objects.test.ts', 'poison hurts nobody else'],
    ],
  ],
  [
    '10: a template that fails tells nothing of the values; steps and output are bounded',
    [
      ['packages/controller/test/templates/poison.test.ts', 'a template that fails is told with its place and without'],
      ['packages/core/test/template/limits.test.ts', 'each limit stops just beyond it'],
      ['test/e2e/templates.test.ts', 'event and status say where, without the value'],
    ],
  ],
  [
    '11: sealing again changes encryptedData only',
    [
      ['packages/core/test/reseal.test.ts', 'unknown fields (regression 11)'],
      ['packages/controller/test/http/rotate.test.ts', 'everything else as it was (regression 11)'],
      ['test/cli/reseal-text.test.ts', 'templates, labels and annotations survive (regression 11)'],
    ],
  ],
]

test.each(HELD_BY)('regression %s', (_, tests) => {
  for (const [file, title] of tests) {
    expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toContain(title)
  }
})
