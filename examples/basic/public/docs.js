const page = SwaggerUIBundle({
  dom_id: '#api',
  url: '/openapi.json',
  tryItOutEnabled: true,
  validatorUrl: null,
  // After a login, the page uses the access token; the dialog "Authorize" takes any other.
  responseInterceptor: (response) => {
    if (response.ok && response.url.endsWith('/login'))
      page.preauthorizeApiKey('bearer', JSON.parse(response.text).access_token);
    return response;
  },
});
