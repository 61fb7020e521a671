import { type RenderTemplate, WaxsealError } from '@waxseal/core'
import { isWaxsealError } from '../messages.ts'

/** Renders in this process, within the engine's own limits. The engine is loaded at the first template: most inputs have none. */
export const renderTemplate: RenderTemplate = async (name, text, data) => {
  const { render } = await import('@waxseal/core/template')
  try {
    return render(name, text, data)
  } catch (error) {
    // Its bundle has a class of its own, which opening does not know.
    throw isWaxsealError(error) ? new WaxsealError(error.code, error.message) : error
  }
}
