import type { StageRef } from '$lib/backend';
import type { Option } from '$lib/ui';
import type { Structure } from '../structure.svelte';

export const stageValue = ({ pipeline_id, status_id }: StageRef) => `${pipeline_id}:${status_id}`;

export function stageOf(value: string): StageRef {
  const [pipeline_id, status_id] = value.split(':').map(Number);
  return { pipeline_id: pipeline_id ?? 0, status_id: status_id ?? 0 };
}

/** The stages a lead can be moved to, by pipeline: nothing moves among incoming leads, nor into what is put away. */
export function stageGroups(structure: Structure): { label: string; options: Option[] }[] {
  return (structure.view?.pipelines ?? [])
    .filter((pipeline) => !pipeline.is_archived)
    .map((pipeline) => ({
      label: pipeline.name,
      options: pipeline.stages
        .filter((stage) => stage.kind !== 'incoming')
        .map((stage) => ({ value: stageValue(stage), label: stage.name, color: stage.color }))
    }));
}

/** The people a lead can be given to. */
export function userOptions(structure: Structure): Option[] {
  return structure.activeUsers.map((user) => ({ value: String(user.kommo_id), label: user.name }));
}
