// The rehearsal's share script: the same window.xhs.share() as the real one, and the same steps.
// A classic script, loaded from outside the page, as the real one is.
(() => {
  const home = new URL("./", document.currentScript.src);

  async function share({ shareInfo, verifyConfig, fail = () => {} }) {
    try {
      check(shareInfo, verifyConfig);
      location.assign(await composerFor(shareInfo, verifyConfig));
    } catch (error) {
      fail(error);
    }
  }

  function check(info, config) {
    const missing = ["appKey", "nonce", "timestamp", "signature"].find((name) => !config?.[name]);
    if (missing) throw new Error(`verifyConfig.${missing} 不能为空`);
    if (info?.type !== "normal" && info?.type !== "video") throw new Error("shareInfo.type 应为 normal 或 video");
    if (info.type === "normal" && !(info.images?.length && info.images.every(onServer)))
      throw new Error("images 必须是服务器地址");
    if (info.type === "video" && !onServer(info.video)) throw new Error("video 必须是服务器地址");
    if (info.cover && !onServer(info.cover)) throw new Error("cover 必须是服务器地址");
  }

  function onServer(address) {
    return /^https?:\/\//.test(address ?? "");
  }

  // The whole draft goes to the platform before the app opens; the app gets a code for it.
  async function composerFor(info, config) {
    const response = await fetch(new URL("api/sns/v1/ext/check/token", home), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        app_key: config.appKey,
        nonce: config.nonce,
        timestamp: config.timestamp,
        signature: config.signature,
        data: base64(
          JSON.stringify({
            ...info,
            sessionId: sessionId(),
            pageUrl: location.href,
            appPlatform: /Android/.test(navigator.userAgent)
              ? "Android"
              : /iPhone|iPad/.test(navigator.userAgent)
                ? "iOS"
                : "pc",
            userAgent: navigator.userAgent,
            appKey: config.appKey,
          }),
        ),
      }),
    });
    const reply = await response.json();
    if (!reply.success) throw reply;
    const composer = new URL("composer", home);
    composer.searchParams.set("share_code", reply.data.data_code);
    return composer.href;
  }

  function sessionId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => (byte % 36).toString(36)).join("");
  }

  function base64(text) {
    return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
  }

  window.xhs = { share };
})();
