/** Secrets that are rendered from templates, and templates that fail or do not end. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWithControlPlane } from '../kube/describe.ts'
import { answer } from '../kube/json.ts'
import type { Controller } from './helpers/controller.ts'
import { decoded, type NewObject, plainSecret } from './helpers/objects.ts'
import { startWorld, type World } from './helpers/world.ts'

type Templates = Readonly<Record<string, string | null>>

/** Templates that each come to their end, but all together not in time. */
const ENDLESS: Templates = Object.fromEntries(
  Array.from({ length: 300 }, (_, index) => [
    `v${index}`,
    '{{ range until 9 }}{{ range until 99999 }}{{ end }}{{ end }}{{ .password }}',
  ]),
)
/** Within all limits of the engine takes more memory than it may have. */
const MEMORY_BOMB = '{{ $l := list }}{{ range until 99 }}{{ $l = append $l (until 99999) }}{{ end }}{{ len $l }}'

describeWithControlPlane('templates', () => {
  let world: World
  let controller: Controller

  beforeAll(async () => {
    world = await startWorld({ keys: ['alpha'] })
    await world.namespace('demo')
    controller = await world.startController()
  })
  afterAll(() => world?.stop())

  async function sealed(name: string, values: Readonly<Record<string, string>>, data: Templates): Promise<NewObject> {
    const object = await world.sealOne(controller, plainSecret('demo', name, values))
    return withTemplates(object, data)
  }

  function withTemplates(object: NewObject, data: Templates): NewObject {
    const spec = answer<{ template: object }>(object.spec)
    return { ...object, spec: { ...spec, template: { ...spec.template, data } } }
  }

  test('values, texts and functions make the Secret; a key that is null is left out', async () => {
    const password = world.marker('password')
    const data = {
      user: 'scott',
      'app.ini': 'user={{ .user }}\npassword={{ .password }}\nhost={{ .host | upper }}\n',
      password: null,
      nothing: null,
    }
    await world.create(await sealed('conf', { password, host: 'db' }, data))
    await world.condition('demo', 'conf', 'True')
    const secret = await world.awaitSecret('demo', 'conf')
    expect(decoded(secret)).toEqual({
      user: 'scott',
      host: 'db',
      'app.ini': `user=scott\npassword=${password}\nhost=DB\n`,
    })
  })

  test('a template that fails: event and status say where, without the value; mended, it opens', async () => {
    const password = world.marker('failing')
    const broken = await sealed('failing', { password }, { v: 'x {{ fail (printf "%s!" .password) }}', w: '{{ .a' })
    await world.create(broken)
    const { message = '' } = await world.condition('demo', 'failing', 'False')
    expect(message).toMatch(
      /^template: v:1:5: executing "v" at <fail \(printf "%s!" \.password\)>: error calling fail: .*\(v\)/,
    )
    expect(message).toContain('template: w:1: unclosed action (w)')
    await world.event('demo', 'failing', 'ErrUnsealFailed', `Failed to unseal: ${message}`)
    expect(await world.secret('demo', 'failing')).toBeUndefined()
    await world.put(withTemplates(broken, { v: '{{ .password }}!', w: '' }))
    await world.condition('demo', 'failing', 'True')
    expect(decoded(await world.awaitSecret('demo', 'failing'))).toEqual({ password, v: `${password}!`, w: '' })
  })

  test('templates without end hold up nobody else', async () => {
    const password = world.marker('poison')
    for (const [name, data] of Object.entries({ hungry: ENDLESS, bomb: { v: `${MEMORY_BOMB}{{ .password }}` } }))
      await world.create(await sealed(name, { password }, data))
    const from = performance.now()
    await world.create(await world.sealOne(controller, plainSecret('demo', 'plain', { password })))
    await world.condition('demo', 'plain', 'True')
    expect(performance.now() - from).toBeLessThan(5000)
    expect((await world.condition('demo', 'hungry', 'False')).message).toMatch(
      /^template: v\d+: took too long \(v\d+, /,
    )
    expect((await world.condition('demo', 'bomb', 'False')).message).toBe('template: v: needs too much memory (v)')
    await world.create(await sealed('after', { password }, { v: '{{ len .password }}' }))
    expect(decoded(await world.awaitSecret('demo', 'after')).v).toBe(String(password.length))
  })

  test('SIGTERM ends the controller while a template does not', async () => {
    const object = await sealed('endless', { password: world.marker('endless') }, ENDLESS)
    const operations = await controller.metric('waxseal_rsa_operations_total')
    await world.create(object)
    // Values are opened before templates are rendered.
    await world.eventually('it is being rendered', async () => {
      return (await controller.metric('waxseal_rsa_operations_total')) > operations
    })
    const from = performance.now()
    await controller.end('SIGTERM')
    expect(controller.exitCode).toBe(0)
    expect(performance.now() - from).toBeLessThan(5000)
  })

  test('nothing was refused to the controller, no plaintext shows', async () => {
    expect(await world.complaints()).toEqual([])
  })
})
