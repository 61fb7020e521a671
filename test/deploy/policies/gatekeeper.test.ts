/** The Gatekeeper templates, tried by gator on samples. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { describeWithTools } from '../../tools/describe.ts'
import { runTool } from '../../tools/tools.ts'
import { PODS } from './pods.ts'

const folder = fileURLToPath(new URL('../../../deploy/policies/gatekeeper', import.meta.url))

describeWithTools(['gator'], 'gator verify', () => {
  test('every sample is judged as the suite says', () => {
    const { status, stdout } = runTool('gator', ['verify', folder, '-v'])
    expect(stdout).not.toContain('FAIL')
    expect(stdout.match(/ {4}--- PASS/g)?.length).toBe(
      readFileSync(join(folder, 'suite.yaml'), 'utf8').match(/object:/g)?.length,
    )
    expect(status).toBe(0)
  })

  test('a sample that is judged otherwise would be noticed', () => {
    const copy = mkdtempSync(join(tmpdir(), 'waxseal-gator-'))
    onTestFinished(() => rmSync(copy, { recursive: true }))
    cpSync(folder, copy, { recursive: true })
    const suite = readFileSync(join(copy, 'suite.yaml'), 'utf8')
    writeFileSync(join(copy, 'suite.yaml'), suite.replace('violations: 1', 'violations: no'))
    expect(runTool('gator', ['verify', copy]).status).not.toBe(0)
  })

  test('the samples are those of the admission policies', () => {
    const suite = readFileSync(join(folder, 'suite.yaml'), 'utf8')
    const messages = Object.values(PODS).map(({ message }) => message.source.split(/[\\:]/)[0]?.trim() ?? '')
    expect(messages.filter((message) => !suite.includes(message))).toEqual([])
  })
})
