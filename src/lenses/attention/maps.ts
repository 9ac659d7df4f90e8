import type { AttentionMapKey } from './contract';

type MapKind = AttentionMapKey['kind'];

/** What can be shown of a layer and head, the plain weights first. */
export const mapKinds = ['head', 'norms', 'layer', 'model', 'rollout'] as const satisfies readonly MapKind[];

/** The map of a kind at a layer and head. */
export function mapKeyOf(kind: MapKind, layer: number, head: number): AttentionMapKey {
  switch (kind) {
    case 'head':
    case 'norms':
      return { kind, layer, head };
    case 'layer':
    case 'rollout':
      return { kind, layer };
    case 'model':
      return { kind };
  }
}

/** How a map is called in headings and pictures. */
export function mapName(map: AttentionMapKey): string {
  switch (map.kind) {
    case 'head':
      return `Layer ${map.layer}, head ${map.head}`;
    case 'norms':
      return `Layer ${map.layer}, head ${map.head}, by norms`;
    case 'layer':
      return `Layer ${map.layer}, mean of its heads`;
    case 'model':
      return 'Mean of all heads';
    case 'rollout':
      return `Rollout up to layer ${map.layer}`;
  }
}
