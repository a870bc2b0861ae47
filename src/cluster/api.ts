/**
 * The few calls of the Kubernetes API that are made, with the client's connection but without its models: those copy
 * every object into classes, fifty images of every node included, which takes longer than parsing the answer. What comes
 * out is the answer as it is, so times are texts.
 */
import type {
  V1ConfigMap,
  V1DaemonSet,
  V1Namespace,
  V1Node,
  V1Pod,
  V1ServiceCIDR,
  VersionInfo,
} from '@kubernetes/client-node';
import { ApiException, HttpMethod, type Configuration } from '@kubernetes/client-node';
import { StrangerError } from './trouble.ts';

/** One of the client's models as it is on the wire. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Name in keyof T]: Wire<T[Name]> }
      : T;

export interface PageRequest {
  readonly limit?: number;
  /** The token that the page before gave. */
  readonly _continue?: string;
}

/** `items` is null where a server of Go wrote an empty list so. */
export interface Page<T> {
  readonly items?: readonly T[] | null;
  readonly metadata?: { readonly continue?: string; readonly remainingItemCount?: number };
}

interface InNamespace {
  readonly namespace: string;
}

export interface Selected {
  readonly labelSelector?: string;
  /** As `kubectl get --field-selector` takes it. */
  readonly fieldSelector?: string;
}

type List<T> = Promise<Page<Wire<T>>>;

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Every call makes one request and throws the client's ApiException for any status but success, what the connection
 * throws, a SyntaxError for an answer that is no JSON, or a StrangerError for JSON that is no object.
 */
export class CoreApi {
  readonly #get: Get;

  constructor(get: Get) {
    this.#get = get;
  }

  listNode(page: PageRequest & Selected): List<V1Node> {
    return this.#get('/api/v1/nodes', listQuery(page));
  }

  /** Names, labels and annotations, and nothing else of the nodes. */
  listNodeMetadata(page: PageRequest & Selected): Promise<Page<Wire<Pick<V1Node, 'metadata'>>>> {
    return this.#get('/api/v1/nodes', listQuery(page), METADATA_ONLY);
  }

  readNode({ name }: { readonly name: string }): Promise<Wire<V1Node>> {
    return this.#get(`/api/v1/nodes/${encodeURIComponent(name)}`);
  }

  readNamespace({ name }: { readonly name: string }): Promise<Wire<V1Namespace>> {
    return this.#get(`/api/v1/namespaces/${encodeURIComponent(name)}`);
  }

  listNamespacedPod({ namespace, ...page }: InNamespace & PageRequest & Selected): List<V1Pod> {
    return this.#get(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, listQuery(page));
  }

  listPodForAllNamespaces(page: PageRequest & Selected): List<V1Pod> {
    return this.#get('/api/v1/pods', listQuery(page));
  }

  readNamespacedConfigMap({
    namespace,
    name,
  }: InNamespace & { readonly name: string }): Promise<Pick<V1ConfigMap, 'data'>> {
    return this.#get(`/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`);
  }
}

export class AppsApi {
  readonly #get: Get;

  constructor(get: Get) {
    this.#get = get;
  }

  listDaemonSetForAllNamespaces(page: PageRequest): List<V1DaemonSet> {
    return this.#get('/apis/apps/v1/daemonsets', listQuery(page));
  }

  listNamespacedDaemonSet({ namespace, ...page }: InNamespace & PageRequest): List<V1DaemonSet> {
    return this.#get(`/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`, listQuery(page));
  }
}

export class CustomApi {
  readonly #get: Get;

  constructor(get: Get) {
    this.#get = get;
  }

  listClusterCustomObject(
    type: PageRequest & { readonly group: string; readonly version: string; readonly plural: string },
  ): Promise<object> {
    const [group, version, plural] = [type.group, type.version, type.plural].map(encodeURIComponent);
    return this.#get(`/apis/${group ?? ''}/${version ?? ''}/${plural ?? ''}`, listQuery(type));
  }
}

export class NetworkingApi {
  readonly #get: Get;

  constructor(get: Get) {
    this.#get = get;
  }

  listServiceCIDR(page: PageRequest): List<V1ServiceCIDR> {
    return this.#get('/apis/networking.k8s.io/v1/servicecidrs', listQuery(page));
  }
}

export class VersionApi {
  readonly #get: Get;

  constructor(get: Get) {
    this.#get = get;
  }

  getCode(): Promise<VersionInfo> {
    return this.#get('/version/');
  }
}

type Query = Readonly<Record<string, string>>;
/** What an answer is taken for is the caller's word: nothing of it is checked here. */
export type Get = <T extends object>(path: string, query?: Query, accept?: string) => Promise<T>;

function listQuery({ limit, _continue, labelSelector, fieldSelector }: PageRequest & Selected): Query {
  return {
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(_continue === undefined ? {} : { continue: _continue }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(limit === undefined ? {} : { limit: String(limit) }),
  };
}

/** The body of an answer, whatever it is. Throws as the calls above do. */
export type GetText = (path: string, query: Query, accept: string) => Promise<string>;

/** One request with all that the configuration puts into it. */
export function makeGetText({ baseServer, httpApi, authMethods }: Configuration): GetText {
  return async (path, query, accept) => {
    const request = baseServer.makeRequestContext(path, HttpMethod.GET);
    request.setHeaderParam('Accept', accept);
    for (const [name, value] of Object.entries(query)) request.setQueryParam(name, value);
    await authMethods.default?.applySecurityAuthentication(request);
    const response = await httpApi.send(request).toPromise();
    const text = await response.body.text();
    const { httpStatusCode: status, headers } = response;
    // Of a 401 the status says it all: its body repeats the word, or belongs to somebody in between.
    if (status < 200 || status > 299) throw new ApiException(status, '', status === 401 ? undefined : text, headers);
    return text;
  };
}

export function makeGet(getText: GetText): Get {
  return async <T extends object>(path: string, query: Query = {}, accept = 'application/json'): Promise<T> => {
    const text = await getText(path, query, accept);
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null) throw new StrangerError('no object');
    return answer as T;
  };
}
