/** `npm run demo`: what waxseal does, on one screen, without a cluster. Runs the real programs in a temporary folder. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  password: correct horse battery staple
`
const WIDTH = 100
const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined
const paint = (code: string, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const binFolder = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))

class Demo {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waxseal-demo-'))

  play(): void {
    try {
      this.#write('secret.yaml', SECRET)
      say(paint('1', '1. A folder with a key of its own (in a cluster the controller keeps it in a Secret)'))
      this.#run('mkdir vault')
      this.#run('waxseal-controller --directory vault --once')
      say(paint('1', '2. Seal a Secret: only the public certificate is needed'))
      this.#run('waxseal seal -f secret.yaml -w vault/sealed/db.yaml --cert vault/cert.pem')
      this.#show('vault/sealed/db.yaml', 'commit this, it is safe in a public repository')
      say(paint('1', '3. The controller opens it, and nobody else can'))
      this.#run('waxseal-controller --directory vault --once')
      this.#show('vault/secrets/shop/db.yaml', 'never commit this')
      this.#check()
      say(paint('1', '4. A single changed character is noticed, and the good Secret stays'))
      this.#tamper('vault/sealed/db.yaml')
      this.#run('waxseal-controller --directory vault --once', 1)
      this.#check()
      say(paint('1', 'Next'))
      say('  your own cluster: README.md, "In a cluster"          every command: waxseal --help')
      say('  an offline key:   waxseal keys generate              what is protected: SECURITY.md')
    } finally {
      rmSync(this.#folder, { recursive: true, force: true })
    }
  }

  #write(path: string, text: string): void {
    writeFileSync(join(this.#folder, path), text)
  }

  #read(path: string): string {
    return readFileSync(join(this.#folder, path), 'utf8')
  }

  /** Runs a command line of words without spaces; anything but the expected exit code ends the demo. */
  #run(line: string, expected = 0): void {
    say(`  ${paint('36', `$ ${line}`)}`)
    const [program = '', ...args] = line.split(' ')
    const env = { ...process.env, PATH: `${binFolder}${delimiter}${process.env.PATH}` }
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: this.#folder, env, encoding: 'utf8' })
    for (const said of `${stdout}${stderr}`.split('\n')) if (said !== '') say(`  ${fitted(said)}`)
    if (status !== expected) throw new Error(`${line}: exit code ${status}, expected ${expected}`)
  }

  #show(path: string, remark: string): void {
    say(`  ${paint('36', `$ cat ${path}`)}   ${paint('2', `# ${remark}`)}`)
    for (const line of this.#read(path).trimEnd().split('\n')) say(`    ${fitted(line)}`)
  }

  /** The opened Secret holds what was sealed. */
  #check(): void {
    const password = /password: (\S+)/.exec(this.#read('vault/secrets/shop/db.yaml'))?.[1] ?? ''
    const text = Buffer.from(password, 'base64').toString()
    if (!SECRET.includes(`password: ${text}\n`)) throw new Error('the opened Secret is not what was sealed')
    say(`    ${paint('32', `password is "${text}"`)}`)
  }

  /** Replaces one character in the middle of the sealed value by another. */
  #tamper(path: string): void {
    const text = this.#read(path)
    const at = text.indexOf('password: ') + 600
    this.#write(path, `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`)
    say(`  ${paint('2', `# one character of ${path} changed`)}`)
  }
}

const fitted = (line: string): string => (line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 3)}...`)

new Demo().play()
