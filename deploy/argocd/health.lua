-- Health of a SealedSecret for Argo CD: healthy when its Secret is what the newest version of the SealedSecret says.
local health = { status = "Progressing", message = "Waiting to be opened" }
local status = obj.status
if status == nil then
  return health
end
if obj.metadata.generation ~= nil and status.observedGeneration ~= nil and status.observedGeneration < obj.metadata.generation then
  health.message = "Waiting for the newest version to be opened"
  return health
end
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Synced" then
    if condition.status == "True" then
      health.status = "Healthy"
      health.message = "The Secret is in sync"
    elseif condition.status == "False" then
      health.status = "Degraded"
      health.message = condition.message or "The Secret is not in sync"
    end
  end
end
return health
