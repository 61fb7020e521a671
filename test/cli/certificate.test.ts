/** Certificates from files and URLs, good and bad. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CERT, containing, matching, sandbox, secretYaml } from './support/sandbox.ts'
import { serve } from './support/server.ts'
import { KEYS } from './support/transcript.ts'

const SECRET = secretYaml('db', { password: 'x' })
const PEM = readFileSync(CERT, 'utf8')

describe('a certificate file', () => {
  test.for([
    ['expired.crt', /expired on 2021-03-04T.*\nhint: /],
    ['ecdsa.crt', /RSA/],
    ['small.crt', /1024 bits/],
    ['garbage.pem', /no X\.509 certificate/],
    ['alpha-pub.pem', /no certificate found/],
    ['alpha.key', /no certificate found/],
  ] as const)('%s is refused, naming the file', async ([name, error]) => {
    const box = sandbox()
    const result = await box.waxseal(['seal', '--cert', join(KEYS, name)], { stdin: SECRET })
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
    expect(result.stderr).toContain(name)
  })

  test('DER is understood as well as PEM', async () => {
    const box = sandbox()
    const fromDer = await box.waxseal(['cert', '--cert', join(KEYS, 'alpha.der')])
    expect(fromDer.stdout).toBe(PEM)
  })

  test('--info says what is in it, also for programs; an expired one with a warning', async () => {
    const box = sandbox()
    const text = await box.waxseal(['cert', '--cert', CERT, '--info'])
    expect(text.stdout).toMatch(
      /^fingerprint {2}[0-9a-f]{64}\nsubject +CN=alpha\nvalid +2020-01-01T.* to 2120-.* \(\d+ days left\)\nkey +RSA, 2048 bits\nserial +0?3e9\n$/,
    )
    const json = await box.waxseal(['cert', '--cert', CERT, '--info', '-o', 'json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ subject: 'CN=alpha', keyBits: 2048, expired: false })
    const expired = await box.waxseal(['cert', '--cert', join(KEYS, 'expired.crt'), '--info'])
    expect(expired).toMatchObject({
      code: 0,
      stdout: containing('days ago'),
      stderr: matching(/^warning: .*expired/),
    })
  })

  test('SEALED_SECRETS_CERT counts where --cert is not given', async () => {
    const box = sandbox()
    const result = await box.waxseal(['seal'], { stdin: SECRET, env: { SEALED_SECRETS_CERT: CERT } })
    expect(result).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('a certificate URL', () => {
  test('is fetched, redirects on the same host followed', async () => {
    const box = sandbox()
    const url = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/v1/cert.pem' }).end()
      else response.end(PEM)
    })
    const result = await box.waxseal(['seal', '--cert', `${url}/old`], { stdin: SECRET })
    expect(result).toMatchObject({ code: 0, stderr: '' })
  })

  test('that answers HTML', async () => {
    const box = sandbox()
    const url = await serve((_, response) => response.end('<!DOCTYPE html><html><body>Log in</body></html>'))
    const result = await box.waxseal(['seal', '--cert', `${url}/cert.pem`], { stdin: SECRET })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toBe(
      `error: ${url}/cert.pem: this is a web page (HTML), not a certificate\nhint: is the address right, and does it need a login? The certificate is a PEM text that begins with -----BEGIN CERTIFICATE-----\n`,
    )
  })

  test('that redirects to another host, answers an error, too much, or nothing', async () => {
    const box = sandbox()
    const url = await serve((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: 'http://localhost:1/cert.pem' }).end()
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end()
      else if (request.url === '/large') response.end(Buffer.alloc(2 * 1024 * 1024))
      else if (request.url === '/reset') response.destroy()
      else response.writeHead(404).end('no')
    })
    const errors = {
      away: /redirected to another host, localhost:1\nhint: /,
      loop: /more than 5 redirects/,
      large: /larger than 1024 KiB/,
      reset: /connection/,
      gone: /the server answered 404\nhint: /,
    }
    for (const [path, error] of Object.entries(errors)) {
      const result = await box.waxseal(['seal', '--cert', `${url}/${path}`], { stdin: SECRET })
      expect(result).toMatchObject({ code: 1, stdout: '', stderr: matching(error) })
      expect(result.stderr).toMatch(/^error: get http:\/\/127\.0\.0\.1:\d+\//)
    }
  })

  test('where nobody answers, and one with a scheme that is not fetched', async () => {
    const box = sandbox()
    const refused = await box.waxseal(['seal', '--cert', 'http://127.0.0.1:1/cert.pem'], { stdin: SECRET })
    expect(refused).toMatchObject({ code: 1, stderr: 'error: get http://127.0.0.1:1/cert.pem: connection refused\n' })
    const ftp = await box.waxseal(['seal', '--cert', 'ftp://x/y'], { stdin: SECRET })
    expect(ftp.stderr).toMatch(/^error: ftp:\/\/x\/y: unsupported URL scheme ftp\nhint: /)
  })

  test('goes through the proxy of the environment', async () => {
    const box = sandbox()
    const proxy = await serve((request, response) =>
      response.end(request.url === 'http://certs.example/cert.pem' ? PEM : 'wrong'),
    )
    const env = { HTTP_PROXY: proxy, http_proxy: proxy }
    const result = await box.waxseal(['cert', '--cert', 'http://certs.example/cert.pem'], { env })
    expect(result).toMatchObject({ code: 0, stdout: PEM })
  })
})
